//! What was not exported whole, or not in time, never passes.

use super::small::small;

/// A name, the manifest beside the export, what is put in the place of what in it, the verdict.
type Case = (
    &'static str,
    Option<String>,
    (&'static str, &'static str),
    &'static str,
);

#[test]
fn only_a_whole_export_in_time_passes() {
    let stated = |lines: &str| {
        format!("[[file]]\npath = \"kms/list-keys.json\"\ncommand = \"aws kms list-keys\"\n{lines}")
    };
    let day = |moment: &str| stated(&format!("started = {moment}\nended = {moment}\n"));
    let cases: &[Case] = &[
        ("whole, no time stated", None, ("", ""), "pass"),
        (
            "in time",
            Some(day("2026-11-20T10:00:00Z")),
            ("", ""),
            "pass",
        ),
        // In Helsinki it is the 22nd: a year ago to the day.
        (
            "on its last day",
            Some(day("2025-11-21T22:30:00Z")),
            ("", ""),
            "pass",
        ),
        (
            "a day too old",
            Some(day("2025-11-21T21:30:00Z")),
            ("", ""),
            "not-checked",
        ),
        (
            "a command that failed",
            Some(stated("exit-code = 254\n")),
            ("", ""),
            "not-checked",
        ),
        (
            "another file than the manifest saw",
            Some(stated(&format!("digest = \"{}\"\n", "0".repeat(64)))),
            ("", ""),
            "not-checked",
        ),
        (
            "one page of several",
            None,
            ("]}", "],\"NextMarker\":\"m\",\"Truncated\":true}"),
            "not-checked",
        ),
        (
            "an error in its place",
            None,
            (
                "{\"Keys\"",
                "An error occurred (AccessDeniedException) when calling the ListKeys operation: no\n{\"Keys\"",
            ),
            "not-checked",
        ),
        ("half a file", None, ("]}", ""), "not-checked"),
    ];
    for (name, manifest, (from, to), expected) in cases {
        let copy = small();
        if let Some(manifest) = manifest {
            copy.write("exports/manifest.toml", manifest);
        }
        let text = copy.read("exports/kms/list-keys.json");
        if !from.is_empty() {
            copy.write("exports/kms/list-keys.json", &text.replace(from, to));
        }
        let ran = copy.run(&["check", "key-shown", "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect(&ran.stderr);
        let verdict = report["checks"][0]["verdict"].as_str().unwrap();
        assert_eq!(verdict, *expected, "{name}: {}", ran.stdout);
        assert_eq!(ran.code, if *expected == "pass" { 0 } else { 3 }, "{name}");
    }
}
