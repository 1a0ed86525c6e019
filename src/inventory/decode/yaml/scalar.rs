//! What a plain word of YAML means, which depends on the program the file is written for.

use granit_parser::{ScalarStyle, Tag};

use crate::source::Value;

/// The program whose reading of plain words counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Kubernetes: YAML 1.1 as `sigs.k8s.io/yaml` reads it, where even `y` is true.
    Kubernetes,
    /// CloudFormation: YAML 1.1, where `yes` and `on` are true and `y` is text.
    CloudFormation,
    /// Anything else, the output of `aws --output yaml` among it: YAML 1.2.
    Core,
}

impl Dialect {
    /// Returns the dialect of a document with these names at its root.
    pub(super) fn of(keys: &[&str]) -> Self {
        let has = |key: &str| keys.contains(&key);
        if has("apiVersion") && has("kind") {
            Self::Kubernetes
        } else if has("AWSTemplateFormatVersion") || has("Resources") {
            Self::CloudFormation
        } else {
            Self::Core
        }
    }
}

/// Returns the value of a scalar.
pub(super) fn resolve(
    text: &str,
    style: ScalarStyle,
    tag: Option<&Tag>,
    dialect: Dialect,
) -> Value {
    match tag.map(|tag| tag.core_suffix().unwrap_or_default()) {
        None if style == ScalarStyle::Plain => plain(text, dialect),
        Some("null") => Value::Null,
        Some("bool" | "int" | "float") => plain(text, dialect),
        // A tag of CloudFormation leaves a plain word what it is; a lone `!` makes it text.
        Some("") if style == ScalarStyle::Plain && is_named(tag) => plain(text, dialect),
        None | Some(_) => Value::string(text),
    }
}

fn is_named(tag: Option<&Tag>) -> bool {
    tag.is_some_and(|tag| !matches!(tag.suffix(), "" | "!"))
}

fn plain(text: &str, dialect: Dialect) -> Value {
    let legacy = dialect != Dialect::Core;
    let kubernetes = dialect == Dialect::Kubernetes;
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" if legacy => Value::Bool(true),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" if legacy => Value::Bool(false),
        "y" | "Y" if kubernetes => Value::Bool(true),
        "n" | "N" if kubernetes => Value::Bool(false),
        _ => number(text, dialect).unwrap_or_else(|| Value::string(text)),
    }
}

fn number(text: &str, dialect: Dialect) -> Option<Value> {
    if !text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) {
        return None;
    }
    let digits = match dialect {
        Dialect::Kubernetes | Dialect::CloudFormation => text.replace('_', ""),
        Dialect::Core => text.to_owned(),
    };
    let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(&digits);
    let sign = if digits.starts_with('-') { "-" } else { "" };
    let radix = |rest: &str, radix| {
        i64::from_str_radix(&format!("{sign}{rest}"), radix)
            .ok()
            .filter(|_| rest.starts_with(|first: char| first.is_ascii_alphanumeric()))
            .map(Value::Int)
    };
    if let Some(rest) = unsigned.strip_prefix("0x") {
        return radix(rest, 16);
    }
    if let Some(rest) = unsigned.strip_prefix("0o") {
        return radix(rest, 8);
    }
    if let Some(rest) = unsigned.strip_prefix("0b") {
        return (dialect != Dialect::Core).then(|| radix(rest, 2)).flatten();
    }
    if unsigned.len() > 1 && unsigned.starts_with('0') && all_digits(unsigned) {
        // `0644` is octal in YAML 1.1. Digits that are no octal number are an account id or the
        // like: they stay text in every dialect, since a number would lose the zero.
        return (dialect != Dialect::Core)
            .then(|| radix(unsigned, 8))
            .flatten();
    }
    if all_digits(unsigned) {
        return radix(unsigned, 10).or_else(|| float(&digits));
    }
    is_float(unsigned).then(|| float(&digits)).flatten()
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Tells whether the text is digits with a point among them, an exponent, or both.
fn is_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let exponent_holds = exponent
        .is_none_or(|exponent| all_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)));
    let mantissa_holds = match mantissa.split_once('.') {
        Some((whole, part)) => {
            (whole.is_empty() || all_digits(whole))
                && (part.is_empty() || all_digits(part))
                && !(whole.is_empty() && part.is_empty())
        }
        None => all_digits(mantissa),
    };
    exponent_holds && mantissa_holds
}

fn float(text: &str) -> Option<Value> {
    text.parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())
        .map(Value::Float)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_word_means_what_the_reader_of_the_file_takes_it_for() {
        use Dialect::{CloudFormation, Core, Kubernetes};
        let text = Value::string;
        let cases = [
            ("no", Kubernetes, Value::Bool(false)),
            ("no", CloudFormation, Value::Bool(false)),
            ("no", Core, text("no")),
            ("on", Kubernetes, Value::Bool(true)),
            ("y", Kubernetes, Value::Bool(true)),
            ("y", CloudFormation, text("y")),
            ("tRue", Kubernetes, text("tRue")),
            ("012", Kubernetes, Value::Int(10)),
            ("012", Core, text("012")),
            ("0899", Kubernetes, text("0899")),
            ("012345678912", CloudFormation, text("012345678912")),
            ("1_000", Kubernetes, Value::Int(1000)),
            ("1_000", Core, text("1_000")),
            ("0x1F", Core, Value::Int(31)),
            ("-0b11", Kubernetes, Value::Int(-3)),
            ("1.10", Kubernetes, Value::Float(1.1)),
            ("1.10.2", Kubernetes, text("1.10.2")),
            ("-1", Core, Value::Int(-1)),
            ("+1", Core, Value::Int(1)),
            ("-", Core, text("-")),
            ("0x", Core, text("0x")),
            ("0x-1", Core, text("0x-1")),
            (".5", Core, Value::Float(0.5)),
            (".", Core, text(".")),
            ("1e3", Core, Value::Float(1000.0)),
            ("12e999", Core, text("12e999")),
            (".inf", Core, text(".inf")),
            ("2026-11-22", Kubernetes, text("2026-11-22")),
            (
                "9223372036854775808",
                Core,
                Value::Float(9_223_372_036_854_775_808.0),
            ),
            ("~", Core, Value::Null),
            ("", Core, Value::Null),
            ("12:30", CloudFormation, text("12:30")),
        ];
        for (word, dialect, expected) in cases {
            assert_eq!(plain(word, dialect), expected, "{word} for {dialect:?}");
        }
    }

    #[test]
    fn the_names_at_the_root_tell_the_dialect() {
        assert_eq!(Dialect::of(&["kind", "apiVersion"]), Dialect::Kubernetes);
        assert_eq!(Dialect::of(&["Resources"]), Dialect::CloudFormation);
        assert_eq!(Dialect::of(&["TaskDefinition"]), Dialect::Core);
    }
}
