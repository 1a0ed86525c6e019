//! Flows as drawings: where everything stands is worked out here, what is said stands in the
//! strings, how it looks in the template.

mod layout;
mod wrap;

use serde::Serialize;

use crate::view::{FlowView, HopView, View};

use super::RenderError;
use super::pieces::values;
use super::strings::{Strings, fill};
use super::templates::Templates;
use layout::Drawing;

/// One flow, drawn and told.
#[derive(Debug, Serialize)]
struct Drawn<'a> {
    flow: &'a FlowView,
    /// Where everything stands.
    drawing: Drawing,
    /// What the drawing shows, in sentences.
    told: Vec<String>,
    /// Protocol, network and end of TLS of each hop, in words.
    ways: Vec<Vec<String>>,
    /// The elements each hop carries, in words.
    carried: Vec<String>,
}

/// Returns the drawings of all flows as one block of HTML.
pub(super) fn html(templates: &Templates, view: &View) -> Result<String, RenderError> {
    let strings = templates.strings();
    let flows: Vec<Drawn<'_>> = view
        .flows
        .iter()
        .map(|flow| Drawn {
            flow,
            drawing: layout::of(flow, &|hop| said(hop, strings)),
            told: flow.hops.iter().map(|hop| told(hop, strings)).collect(),
            ways: flow.hops.iter().map(|hop| way(hop, strings)).collect(),
            carried: flow.hops.iter().map(|hop| carried(hop, strings)).collect(),
        })
        .collect();
    let values = values(view, "").with("flows", &flows);
    templates.render("flows.html", &values)
}

/// Returns what stands beside the arrow of a hop.
fn said(hop: &HopView, strings: &Strings) -> Vec<String> {
    let mut lines = way(hop, strings);
    lines.push(carried(hop, strings));
    lines
}

/// Returns how a hop travels: the protocol with TLS, the network with who ends TLS.
fn way(hop: &HopView, strings: &Strings) -> Vec<String> {
    let mut lines = vec![protocol(hop, strings)];
    let network = strings.text(&["flow-network", hop.network]);
    lines.push(match &hop.ends_tls {
        Some(who) if hop.tls.is_some() => {
            let ended = fill(
                strings.text(&["flow", "ended-by"]),
                &[("who".to_owned(), who.clone())],
            );
            format!("{network}; {ended}")
        }
        Some(_) | None => network.to_owned(),
    });
    lines
}

fn protocol(hop: &HopView, strings: &Strings) -> String {
    let protocol = hop
        .protocol
        .clone()
        .unwrap_or_else(|| strings.text(&["flow", "no-protocol"]).to_owned());
    let protocol = match &hop.port {
        Some(port) => {
            let values = [
                ("protocol".to_owned(), protocol),
                ("port".to_owned(), port.clone()),
            ];
            fill(strings.text(&["flow", "port"]), &values)
        }
        None => protocol,
    };
    let tls = match &hop.tls {
        Some(version) => fill(
            strings.text(&["flow", "tls"]),
            &[("version".to_owned(), version.clone())],
        ),
        None => strings.text(&["flow", "no-tls"]).to_owned(),
    };
    format!("{protocol}, {tls}")
}

fn carried(hop: &HopView, strings: &Strings) -> String {
    match &hop.elements {
        None => strings.text(&["flow", "unsaid"]).to_owned(),
        Some(elements) if elements.is_empty() => strings.text(&["flow", "nothing"]).to_owned(),
        Some(elements) => {
            let words: Vec<&str> = elements
                .iter()
                .map(|element| match strings.text(&["element", element]) {
                    "" => element,
                    word => word,
                })
                .collect();
            words.join(", ")
        }
    }
}

/// Returns a hop as a sentence.
fn told(hop: &HopView, strings: &Strings) -> String {
    let values = [
        ("number", hop.number.to_string()),
        ("from", hop.from.name.clone()),
        ("to", hop.to.name.clone()),
        ("protocol", protocol(hop, strings)),
        (
            "network",
            strings.text(&["flow-network", hop.network]).to_owned(),
        ),
        ("elements", carried(hop, strings)),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    fill(strings.text(&["flow", "told"]), &values)
}

#[cfg(test)]
mod tests {
    use crate::fixture;
    use crate::human::{Human, Register, parse_register};
    use crate::source::SourceFile;
    use crate::view::{self, Input};

    use super::{Templates, html};

    fn register(name: &str, text: &str) -> (String, Register) {
        let file = SourceFile::new(format!("evidence/registers/{name}.toml"), text.to_owned());
        let (register, mistakes) = parse_register(&file, &std::collections::BTreeMap::new());
        assert!(mistakes.is_empty());
        let register = register.expect("a register");
        (register.name.clone(), register)
    }

    fn drawn(registers: &[(&str, &str)]) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let fixture = fixture::lay_out(folder.path());
        let human = Human {
            registers: registers
                .iter()
                .map(|(name, text)| register(name, text))
                .collect(),
            ..Human::default()
        };
        let view = view::of(Input {
            human: &human,
            ..fixture.input()
        });
        html(&Templates::load().expect("templates"), &view).expect("drawings")
    }

    const FLOWS: &str = r#"
[[entry]]
id = "pay"
title = "Payment"
channel = "web"
reviewed = 2026-10-06
[[entry.hops]]
from = "cardholder"
to = "alb"
network = "public"
protocol = "HTTPS"
port = 443
tls = "1.2"
terminates-tls = "alb"
elements = ["pan"]
[[entry.hops]]
from = "alb"
to = "db"
network = "private"
protocol = "PostgreSQL"
tls = "none"
[[entry.hops]]
from = "cardholder"
to = "db"
tls = "1.0"
elements = []
"#;

    #[test]
    fn a_flow_is_told_in_words_and_drawn_with_its_networks() {
        let parties = "[[entry]]\nid = \"cardholder\"\ntitle = \"Cardholder\"\n";
        let stores = "[[entry]]\nid = \"d\"\nresource = \"arn:aws:rds:eu-west-1:1:db:db\"\n";
        let html = drawn(&[
            ("flows", FLOWS),
            ("parties", parties),
            ("data-stores", stores),
        ]);
        for part in [
            "Hop 1: Cardholder to alb, HTTPS 443, TLS 1.2 or later, open or public network; card number.",
            "Hop 2: alb to db, PostgreSQL, no TLS, private network; what it carries is not said.",
            "Hop 3: Cardholder to db, protocol not said, TLS 1.0 or later, network not said, taken for open; no account data.",
            "wb-hop--public",
            "wb-hop--private",
            "wb-hop--unsaid",
            "wb-end-box--party",
            "wb-end-box--store",
            "wb-end-box--system",
            "compared with what runs on 2026-10-06",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert_eq!(html.matches("wb-hop-number--open").count(), 2);
        assert_eq!(html.matches("role=\"img\"").count(), 1);
    }

    #[test]
    fn hostile_text_of_registers_is_text_in_drawings_and_tables() {
        let hostile = FLOWS
            .replace(
                "title = \"Payment\"",
                "title = \"<script>x</script>\\n\\n{{#include /etc/passwd}}\"",
            )
            .replace("\"alb\"", "\"</text><image href=javascript:alert(1)>\"")
            .replace("\"HTTPS\"", "\"\\u202e\\\"'><img src=x onerror=alert(1)>\"")
            .replace(
                "elements = [\"pan\"]",
                "elements = [\"<u>\"]\nnote = \"</svg><script>\"",
            );
        let html = drawn(&[("flows", &hostile)]);
        for forbidden in ["<script", "<image", "<img", "<u>", "{{", "\u{202e}", "\n\n"] {
            assert!(!html.contains(forbidden), "{forbidden:?} in {html}");
        }
    }

    #[test]
    fn without_flows_the_page_says_what_to_write() {
        assert!(drawn(&[]).contains("evidence/registers/flows.toml"));
    }
}
