//! How the id, the account or the region of an item is made from what the export shows.

use crate::source::Value;

/// A property of the item, or a text with properties in braces.
///
/// `taskDefinitionArn` is a property; `{repositoryName}@{imageDigest}` puts two together;
/// `{file.argument}`, `{file.account}` and `{file.region}` are what is known of the file. Empty
/// is the item itself, where items are texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Naming(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Property(Vec<String>),
    Argument,
    Account,
    Region,
}

/// What is known of a file apart from its content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FileFacts {
    /// The argument in the file's name, decoded.
    pub(crate) argument: Option<String>,
    /// The AWS account or Azure subscription.
    pub(crate) account: Option<String>,
    /// The region.
    pub(crate) region: Option<String>,
}

impl Naming {
    /// Reads a naming. The error is a fragment that says what is wrong.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if !text.contains('{') {
            return Ok(Self(vec![property(text)]));
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            let Some((name, behind)) = after.split_once('}') else {
                return Err(format!("`{text}` opens a brace and does not close it"));
            };
            pieces.push(match name {
                "file.argument" => Piece::Argument,
                "file.account" => Piece::Account,
                "file.region" => Piece::Region,
                _ => property(name),
            });
            rest = behind;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self(pieces))
    }

    /// Tells whether the naming is the argument of the file's name and nothing else.
    pub(crate) fn is_argument(&self) -> bool {
        self.0 == [Piece::Argument]
    }

    /// Returns the text for an item, if everything it needs is known and not empty.
    pub(crate) fn apply(&self, item: &Value, facts: &FileFacts) -> Option<String> {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(literal) => text.push_str(literal),
                Piece::Property(path) => text.push_str(&scalar(item, path)?),
                Piece::Argument => text.push_str(facts.argument.as_deref()?),
                Piece::Account => text.push_str(facts.account.as_deref()?),
                Piece::Region => text.push_str(facts.region.as_deref()?),
            }
        }
        (!text.is_empty()).then_some(text)
    }
}

fn property(text: &str) -> Piece {
    Piece::Property(
        text.split('.')
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect(),
    )
}

fn scalar(item: &Value, path: &[String]) -> Option<String> {
    let value = path
        .iter()
        .fold(item.clone(), |value, name| value.get(name));
    match &value {
        Value::String(text) => (!text.is_empty()).then(|| text.to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(_)
        | Value::Null
        | Value::Float(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Unknown(_)
        | Value::Default(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_from_properties_and_from_what_the_file_states() {
        let item: Value =
            serde_json::from_str(r#"{"Name": "a", "Image": {"Digest": "d"}, "N": 3}"#)
                .expect("JSON");
        let facts = FileFacts {
            argument: Some("arg".to_owned()),
            account: None,
            region: None,
        };
        let cases = [
            ("name", Some("a")),
            ("{name}@{image.digest}", Some("a@d")),
            ("{name}:{n}", Some("a:3")),
            ("{file.argument}", Some("arg")),
            ("{file.account}/{name}", None),
            ("{absent}", None),
            ("image", None),
        ];
        for (text, expected) in cases {
            let naming = Naming::parse(text).expect("a naming");
            assert_eq!(naming.apply(&item, &facts).as_deref(), expected, "{text}");
        }
        assert_eq!(
            Naming::parse("")
                .expect("a naming")
                .apply(&Value::string("x"), &facts),
            Some("x".to_owned())
        );
        assert!(Naming::parse("{a").is_err());
    }
}
