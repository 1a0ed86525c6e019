//! Answers of Azure Resource Graph: rows as objects, or a table of columns and rows.

use super::super::{Origin, filled, outcome};
use super::{Hidden, collect, spelled};
use crate::inventory::contribution::FileReading;
use crate::inventory::decode::Step;
use crate::source::{Map, Value};

/// Names beside `data` by which an answer is known, as the command and as REST spell them.
const BESIDE: [&str; 6] = [
    "total_records",
    "totalRecords",
    "resultTruncated",
    "skip_token",
    "$skipToken",
    "facets",
];

/// Reads an answer; nothing if it is none.
pub(super) fn read(origin: &Origin<'_>, map: &Map) -> Option<FileReading> {
    let data = map.own("data")?;
    let key = Step::Key(spelled(map, "data"));
    let table = data.as_map().and_then(rows);
    let known = table.is_some() || BESIDE.iter().any(|name| map.own(name).is_some());
    let (rows, outer) = match (table, data.as_list()) {
        _ if !known => return None,
        (Some(rows), _) => (rows, vec![key, Step::Key("rows")]),
        (None, Some(rows)) => (rows.to_vec(), vec![key]),
        (None, None) => return None,
    };
    let mut contributions = Vec::new();
    let mut nameless = 0_usize;
    for (index, row) in rows.iter().enumerate() {
        let before = contributions.len();
        if let Some(row) = row.as_map() {
            let path = [outer.as_slice(), &[Step::Index(index)]].concat();
            collect(origin, row, Hidden::ByQuery, &path, &mut contributions);
        }
        nameless += usize::from(contributions.len() == before);
    }
    let mut problems = Vec::new();
    if nameless > 0 {
        problems.push(format!(
            "{nameless} rows name no resource; select `id` and `type` as well"
        ));
    }
    if is_cut(map, rows.len()) {
        problems.push("there is more: the answer was cut or ends with a paging token".to_owned());
    }
    Some(FileReading {
        format: "Azure Resource Graph".to_owned(),
        reading: outcome(&problems),
        contributions,
        lists: Vec::new(),
    })
}

fn is_cut(map: &Map, rows: usize) -> bool {
    let token = ["skip_token", "$skipToken", "skipToken"];
    let total = ["total_records", "totalRecords"];
    token.iter().any(|name| filled(map, name).is_some())
        || filled(map, "resultTruncated").is_some_and(|it| it.eq_ignore_ascii_case("true"))
        || total
            .iter()
            .filter_map(|name| map.own(name)?.as_int())
            .any(|total| usize::try_from(total).is_ok_and(|total| total > rows))
}

/// Returns the rows of a table as objects by the names of its columns.
fn rows(table: &Map) -> Option<Vec<Value>> {
    let columns: Vec<String> = table
        .own("columns")?
        .as_list()?
        .iter()
        .map(|column| column.get("name").as_str().unwrap_or_default().to_owned())
        .collect();
    let rows = table.own("rows")?.as_list()?;
    let row = |row: &Value| {
        let cells = row.as_list().unwrap_or_default();
        columns
            .iter()
            .zip(cells)
            .map(|(name, cell)| (name, cell.clone()))
            .collect::<Map>()
            .into()
    };
    Some(rows.iter().map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::read_text;
    use super::*;
    use crate::inventory::Reading;
    use crate::inventory::contribution::Extent;

    const ID: &str = "/subscriptions/s/resourcegroups/r/providers/microsoft.x/things/a";

    #[test]
    fn both_forms_of_an_answer_give_the_same_resource() {
        let row =
            format!(r#"{{"id": "{ID}", "type": "microsoft.x/things", "properties": {{"a": 1}}}}"#);
        let cases = [
            format!(r#"{{"count": 1, "data": [{row}], "skip_token": null, "total_records": 1}}"#),
            format!(
                r#"{{"totalRecords": 1, "count": 1, "data": [{row}], "facets": [], "resultTruncated": "false"}}"#
            ),
            format!(
                r#"{{"totalRecords": 1, "data": {{"columns": [{{"name": "id", "type": "string"}},
                {{"name": "type", "type": "string"}}, {{"name": "properties", "type": "object"}}],
                "rows": [["{ID}", "microsoft.x/things", {{"a": 1}}]]}}}}"#
            ),
        ];
        for text in cases {
            let reading = read_text("a.json", &text).expect("a reading");
            assert_eq!(reading.format, "Azure Resource Graph");
            assert_eq!(reading.reading, Reading::Whole, "{text}");
            let it = &reading.contributions[0];
            assert_eq!((it.id.as_str(), &it.extent), (ID, &Extent::Whole));
            assert_eq!(it.properties.get("a"), Value::Int(1));
        }
    }

    #[test]
    fn rows_that_are_cut_or_left_out_are_told() {
        let row = format!(r#"{{"id": "{ID}", "location": "x"}}"#);
        let cases = [
            (
                format!(r#"{{"data": [{row}], "skip_token": "abc"}}"#),
                "there is more",
            ),
            (
                format!(r#"{{"data": [{row}], "total_records": 2}}"#),
                "there is more",
            ),
            (
                format!(r#"{{"data": [{row}], "resultTruncated": "true"}}"#),
                "there is more",
            ),
            (
                r#"{"data": [{"count_": 3}], "total_records": 1}"#.to_owned(),
                "1 rows name no",
            ),
        ];
        for (text, part) in cases {
            let reading = read_text("a.json", &text).expect("a reading");
            assert!(
                matches!(&reading.reading, Reading::Partial(it) if it.contains(part)),
                "{text}"
            );
            for it in &reading.contributions {
                assert!(matches!(it.extent, Extent::Partial(_)));
                assert_eq!(it.tags, None);
            }
        }
        assert_eq!(read_text("a.json", r#"{"data": [{"id": "x"}]}"#), None);
    }
}
