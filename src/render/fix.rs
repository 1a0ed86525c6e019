//! Advice on how to mend a failure, told apart into sentences and what is to be typed.

use serde::Serialize;

/// One paragraph of advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Block {
    /// `prose` or `code`.
    pub(crate) kind: &'static str,
    /// The text.
    pub(crate) text: String,
}

/// Returns the paragraphs of an advice. What is not clearly sentences keeps its line breaks and
/// spaces, so that commands and configuration can be copied.
pub(crate) fn blocks(advice: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for paragraph in paragraphs(advice) {
        let kind = if is_prose(&paragraph) {
            "prose"
        } else {
            "code"
        };
        match blocks.last_mut() {
            Some(last) if last.kind == "code" && kind == "code" => {
                // What begins further left is no part of what stands above it.
                let paragraph = if indent(&paragraph) < indent(&last.text) {
                    last.text = without_indent(&last.text);
                    without_indent(&paragraph)
                } else {
                    paragraph
                };
                last.text.push_str("\n\n");
                last.text.push_str(&paragraph);
            }
            Some(_) | None => blocks.push(Block {
                kind,
                text: paragraph,
            }),
        }
    }
    for block in &mut blocks {
        if block.kind == "code" {
            block.text = without_indent(&block.text);
        }
    }
    blocks
}

fn paragraphs(advice: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in advice.lines() {
        match paragraphs.last_mut() {
            Some(last) if !line.trim().is_empty() => {
                if !last.is_empty() {
                    last.push('\n');
                }
                last.push_str(line.trim_end());
            }
            Some(_) | None => paragraphs.push(String::new()),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// Sentences begin with a capital at the margin, end with a stop or colon, and have no columns.
fn is_prose(paragraph: &str) -> bool {
    paragraph.starts_with(char::is_uppercase)
        && paragraph.ends_with(['.', ':'])
        && !paragraph.contains("  ")
        && !paragraph.contains("\n ")
        && !paragraph.contains(['{', '\\'])
}

/// Returns how many spaces all lines begin with.
fn indent(code: &str) -> usize {
    code.lines()
        .filter(|line| !line.is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0)
}

fn without_indent(code: &str) -> String {
    let indent = indent(code);
    let lines: Vec<&str> = code
        .lines()
        .map(|line| line.get(indent..).unwrap_or(""))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn commands_keep_their_lines_and_sentences_do_not() {
        for (advice, expected) in [
            ("Close the port.", vec![("prose", "Close the port.")]),
            (
                "Close the port:\n\n  aws ec2 a\n    --b\n\n  aws ec2 c\n\nThen look\nagain.",
                vec![
                    ("prose", "Close the port:"),
                    ("code", "aws ec2 a\n  --b\n\naws ec2 c"),
                    ("prose", "Then look\nagain."),
                ],
            ),
            ("az sql update --x 1", vec![("code", "az sql update --x 1")]),
            (
                "CloudFormation:  Properties: { A: b }",
                vec![("code", "CloudFormation:  Properties: { A: b }")],
            ),
            (
                "  aws ec2 a\n    --b\n\nTerraform: c = 1",
                vec![("code", "aws ec2 a\n  --b\n\nTerraform: c = 1")],
            ),
            ("a:\n\n  b: 1", vec![("code", "a:\n\n  b: 1")]),
            ("volumes:\n- name: a", vec![("code", "volumes:\n- name: a")]),
            ("", vec![]),
        ] {
            let blocks = blocks(advice);
            let found: Vec<_> = blocks
                .iter()
                .map(|block| (block.kind, block.text.as_str()))
                .collect();
            assert_eq!(found, expected, "{advice:?}");
        }
    }
}
