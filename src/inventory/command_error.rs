//! What a failed command wrote to its standard error.

/// What the error says of the thing that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The thing is not configured.
    NotConfigured,
    /// The caller may not see it.
    Denied,
    /// Something else went wrong.
    Failed,
}

/// An error of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommandError {
    /// The code, where one is stated.
    pub(crate) code: Option<String>,
    /// The first line, cut to a bound and without control characters.
    pub(crate) text: String,
}

/// The longest piece of an error that is repeated.
const BOUND: usize = 200;

/// The codes by which services refuse a caller.
const REFUSALS: &[&str] = &[
    "accessdenied",
    "unauthorized",
    "notauthorized",
    "authorization",
    "forbidden",
    "authfailure",
    "insufficientprivileges",
    "expiredtoken",
    "invalidclienttokenid",
    "unrecognizedclient",
    "signaturedoesnotmatch",
    "optinrequired",
    "authenticationfailed",
    "invalidauthenticationtoken",
];

impl CommandError {
    /// Reads what a command wrote; nothing if it is blank or only warnings.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let line = text
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && !is_warning(line))?;
        let code = aws_code(text).or_else(|| azure_code(text));
        let clean: String = line
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(BOUND)
            .collect();
        Some(Self { code, text: clean })
    }

    /// Returns the error of a command of which only the exit code is known.
    pub(crate) fn exit(code: i64) -> Self {
        Self {
            code: None,
            text: format!("it ended with exit code {code}"),
        }
    }

    /// Tells whether the text is an error of a command and nothing else could be meant.
    pub(crate) fn is_certain(text: &str) -> bool {
        let start = text.trim_start();
        aws_code(start).is_some()
            || start.starts_with("ERROR:")
            || start.starts_with("aws: error")
            || start.starts_with("Unable to locate credentials")
    }

    /// Returns what the error means where `absent` are the codes for "not configured".
    pub(crate) fn meaning(&self, absent: &[String]) -> Meaning {
        let Some(code) = &self.code else {
            return if self.text.contains("not authorized to perform") {
                Meaning::Denied
            } else {
                Meaning::Failed
            };
        };
        if absent.iter().any(|known| known.eq_ignore_ascii_case(code)) {
            return Meaning::NotConfigured;
        }
        let lower = code.to_ascii_lowercase();
        if code == "403" || code == "401" || REFUSALS.iter().any(|word| lower.contains(word)) {
            Meaning::Denied
        } else {
            Meaning::Failed
        }
    }

    /// Returns the error in words.
    pub(crate) fn describe(&self) -> String {
        match &self.code {
            Some(code) => code.clone(),
            None => self.text.clone(),
        }
    }
}

fn is_warning(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    lower.starts_with("warning") || lower.contains("warning:")
}

fn aws_code(text: &str) -> Option<String> {
    let (_, after) = text.split_once("An error occurred (")?;
    let (code, _) = after.split_once(')')?;
    word(code)
}

/// Reads `(Code) message`, which `az` prints behind `ERROR: ` or alone, or `Code: X`.
fn azure_code(text: &str) -> Option<String> {
    text.lines().map(str::trim).find_map(|line| {
        let line = line.strip_prefix("ERROR:").map_or(line, str::trim);
        if let Some(code) = line.strip_prefix("Code:") {
            return word(code.trim());
        }
        let (code, _) = line.strip_prefix('(')?.split_once(')')?;
        word(code)
    })
}

fn word(code: &str) -> Option<String> {
    let fine = !code.is_empty()
        && code.len() <= 100
        && code
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ':'));
    fine.then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_apart_by_their_code() {
        let absent = [
            "NoSuchBucketPolicy".to_owned(),
            "ManagementPolicyNotFound".to_owned(),
        ];
        let cases = [
            (
                "\nAn error occurred (NoSuchBucketPolicy) when calling the GetBucketPolicy operation: none\n",
                Some(("NoSuchBucketPolicy", Meaning::NotConfigured)),
            ),
            (
                "An error occurred (AccessDeniedException) when calling the GetKeyPolicy operation: User is not authorized",
                Some(("AccessDeniedException", Meaning::Denied)),
            ),
            (
                "aws: [ERROR]: An error occurred (UnauthorizedOperation) when calling X",
                Some(("UnauthorizedOperation", Meaning::Denied)),
            ),
            (
                "ERROR: (AuthorizationFailed) The client does not have authorization",
                Some(("AuthorizationFailed", Meaning::Denied)),
            ),
            (
                "(ManagementPolicyNotFound) No ManagementPolicy found\nCode: ManagementPolicyNotFound",
                Some(("ManagementPolicyNotFound", Meaning::NotConfigured)),
            ),
            (
                "WARNING: preview\nERROR: (ResourceNotFound) x",
                Some(("ResourceNotFound", Meaning::Failed)),
            ),
            (
                "'list' object has no attribute 'items'",
                Some(("'list' object has no attribute 'items'", Meaning::Failed)),
            ),
            ("WARNING: this command is in preview", None),
            ("  \n", None),
        ];
        for (text, expected) in cases {
            let error = CommandError::parse(text);
            let told = error
                .as_ref()
                .map(|error| (error.describe(), error.meaning(&absent)));
            assert_eq!(
                told,
                expected.map(|(text, meaning)| (text.to_owned(), meaning)),
                "{text}"
            );
        }
    }
}
