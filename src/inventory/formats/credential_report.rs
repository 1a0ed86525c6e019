//! The credential report of IAM: a row per user, as CSV or as `aws iam get-credential-report`
//! wraps it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::{Origin, filled, instant, outcome, shown, text};
use crate::inventory::contribution::{Contribution, FileReading, Listed};
use crate::inventory::decode::{Step, Syntax, decode};
use crate::inventory::{Form, Place, Reading, State};
use crate::source::{Instant, Value};

/// The type of a row.
const TYPE: &str = "AWS::IAM::CredentialReportRow";

/// The columns by which the report is known.
const COLUMNS: [&str; 3] = ["user", "arn", "user_creation_time"];

/// Reads a credential report.
pub(super) fn read(origin: &Origin<'_>, value: &Value) -> Option<FileReading> {
    if origin.decoded.syntax == Syntax::Csv {
        let rows = COLUMNS
            .iter()
            .all(|column| origin.decoded.columns.iter().any(|it| it == column))
            .then(|| value.as_list())??;
        let place = |index| origin.place(&[Step::Index(index)]);
        return Some(entries(rows, place, None));
    }
    let map = value.as_map()?;
    let content = text(map, "Content").filter(|_| text(map, "ReportFormat") == Some("text/csv"))?;
    let made = map.own("GeneratedTime").and_then(instant);
    let rows = BASE64_STANDARD
        .decode(content)
        .map_err(|error| format!("`Content` is not base64: {error}; export it again"))
        .and_then(|bytes| decode("report.csv", &bytes));
    Some(match rows {
        Ok(decoded) => {
            let rows = decoded.documents.first().and_then(|it| it.value.as_list());
            entries(rows.unwrap_or_default(), |_| origin.place(&[]), made)
        }
        Err(problem) => FileReading {
            format: "IAM credential report".to_owned(),
            reading: Reading::Unreadable(problem),
            contributions: Vec::new(),
            lists: Vec::new(),
        },
    })
}

fn entries(rows: &[Value], place: impl Fn(usize) -> Place, made: Option<Instant>) -> FileReading {
    let mut contributions = Vec::new();
    let mut problems = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        match entry(row, place(index), made) {
            Some(contribution) => contributions.push(contribution),
            None => problems.push(format!("row {} names no user", index + 1)),
        }
    }
    let account = contributions.first().and_then(|it| it.account.clone());
    FileReading {
        format: "IAM credential report".to_owned(),
        lists: if problems.is_empty() && !contributions.is_empty() {
            vec![Listed {
                resource_type: TYPE.to_owned(),
                account,
                region: None,
            }]
        } else {
            Vec::new()
        },
        reading: outcome(&problems),
        contributions,
    }
}

fn entry(row: &Value, place: Place, made: Option<Instant>) -> Option<Contribution> {
    let map = row.as_map()?;
    let arn = filled(map, "arn")?;
    Some(Contribution {
        name: filled(map, "user").map(str::to_owned),
        account: arn.split(':').nth(4).map(str::to_owned),
        observed: made,
        ..shown(
            (TYPE, arn.to_owned()),
            (State::Observed, Form::Csv),
            place,
            map.clone(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::read_text;
    use super::*;

    const CSV: &str = "user,arn,user_creation_time,mfa_active\n\
        <root_account>,arn:aws:iam::111122223333:root,2026-01-01T00:00:00+00:00,false\n\
        ops,arn:aws:iam::111122223333:user/ops,2026-01-01T00:00:00+00:00,true\n";

    #[test]
    fn the_report_gives_a_user_a_row_whatever_wraps_it() {
        let wrapped = format!(
            r#"{{"Content": "{}", "ReportFormat": "text/csv",
            "GeneratedTime": "2026-11-22T00:00:00Z"}}"#,
            BASE64_STANDARD.encode(CSV)
        );
        for (path, content, lines) in [("r.csv", CSV, [2, 3]), ("r.json", &wrapped, [1, 1])] {
            let reading = read_text(path, content).expect("a reading");
            assert_eq!(reading.reading, Reading::Whole);
            assert_eq!(reading.lists.len(), 1);
            let found: Vec<_> = reading
                .contributions
                .iter()
                .map(|it| (it.name.as_deref(), it.account.as_deref(), it.place.line))
                .collect();
            let account = Some("111122223333");
            assert_eq!(
                found,
                [
                    (Some("<root_account>"), account, lines[0]),
                    (Some("ops"), account, lines[1])
                ]
            );
            assert_eq!(
                reading.contributions[1].properties.get("mfa_active"),
                Value::string("true")
            );
        }
    }

    #[test]
    fn another_table_is_left_alone_and_a_damaged_report_says_so() {
        assert_eq!(read_text("a.csv", "id,name\n1,2\n"), None);
        let damaged = r#"{"Content": "!!", "ReportFormat": "text/csv"}"#;
        let reading = read_text("a.json", damaged).expect("a reading");
        assert!(matches!(reading.reading, Reading::Unreadable(_)));
    }
}
