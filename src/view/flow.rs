//! The flows of account data, from the registers of flows and of outside parties.

use serde::Serialize;

use crate::human::{Human, Register};
use crate::source::Value;

/// One end of a hop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct EndView {
    /// The id or name, as the register has it.
    pub id: String,
    /// A name short enough to draw.
    pub name: String,
    /// `party`, `store` or `system`.
    pub kind: &'static str,
}

/// One hop of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HopView {
    /// Its number in the flow, from one.
    pub number: usize,
    /// Where it begins.
    pub from: EndView,
    /// Where it ends.
    pub to: EndView,
    /// `public`, `wireless`, `private` or `loopback`; `unsaid` if the register says nothing known.
    pub network: &'static str,
    /// The protocol.
    pub protocol: Option<String>,
    /// The port.
    pub port: Option<String>,
    /// The lowest version of TLS; none without TLS.
    pub tls: Option<String>,
    /// Who ends TLS.
    pub ends_tls: Option<String>,
    /// The elements of account data it carries; none if the register does not say.
    pub elements: Option<Vec<String>>,
    /// What else a reader should know.
    pub note: Option<String>,
}

/// One flow of account data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlowView {
    /// The title, else the id.
    pub title: String,
    /// The stage of a payment.
    pub purpose: Option<String>,
    /// How the data comes in.
    pub channel: Option<String>,
    /// When the entry was last compared with what runs.
    pub reviewed: Option<String>,
    /// The hops.
    pub hops: Vec<HopView>,
}

/// Networks that the register knows.
const NETWORKS: [&str; 4] = ["public", "wireless", "private", "loopback"];

/// Returns the flows in the order of the register.
pub(super) fn of(human: &Human) -> Vec<FlowView> {
    let ends = Ends {
        parties: human.registers.get("parties"),
        stores: human.registers.get("data_stores"),
    };
    let flows = human.registers.get("flows");
    flows
        .map_or(&[][..], |register| &register.entries)
        .iter()
        .map(|entry| FlowView {
            title: text(&entry.value, "title").unwrap_or_else(|| entry.id.clone()),
            purpose: text(&entry.value, "purpose"),
            channel: text(&entry.value, "channel"),
            reviewed: text(&entry.value, "reviewed"),
            hops: hops(&entry.value, &ends),
        })
        .collect()
}

fn hops(flow: &Value, ends: &Ends<'_>) -> Vec<HopView> {
    let hops = flow.get("hops");
    let hops = hops.as_list().unwrap_or(&[]);
    hops.iter()
        .enumerate()
        .map(|(at, hop)| {
            let network = text(hop, "network");
            HopView {
                number: at + 1,
                from: ends.end(text(hop, "from")),
                to: ends.end(text(hop, "to")),
                network: NETWORKS
                    .into_iter()
                    .find(|known| network.as_deref() == Some(known))
                    .unwrap_or("unsaid"),
                protocol: text(hop, "protocol"),
                port: text(hop, "port"),
                tls: text(hop, "tls").filter(|version| version != "none"),
                ends_tls: text(hop, "terminates_tls"),
                elements: hop.get("elements").as_list().map(|elements| {
                    let names = elements.iter().filter_map(Value::as_str);
                    names.map(str::to_owned).collect()
                }),
                note: text(hop, "note"),
            }
        })
        .collect()
}

/// Returns the text of a field, if it has any.
fn text(value: &Value, field: &str) -> Option<String> {
    let value = value.get(field);
    let text = match value.as_int() {
        Some(number) => number.to_string(),
        None => value.as_str()?.to_owned(),
    };
    Some(text).filter(|text| !text.trim().is_empty())
}

/// What is known of ends.
struct Ends<'a> {
    parties: Option<&'a Register>,
    stores: Option<&'a Register>,
}

impl Ends<'_> {
    fn end(&self, id: Option<String>) -> EndView {
        let id = id.unwrap_or_default();
        let party = self
            .parties
            .and_then(|parties| parties.entries.iter().find(|party| party.id == id));
        if let Some(party) = party {
            let name = text(&party.value, "title").unwrap_or_else(|| id.clone());
            return EndView {
                id,
                name,
                kind: "party",
            };
        }
        let is_store = self.stores.is_some_and(|stores| {
            stores.entries.iter().any(|store| {
                text(&store.value, "resource").is_some_and(|resource| is_end(&resource, &id))
            })
        });
        EndView {
            name: short(&id),
            kind: if is_store { "store" } else { "system" },
            id,
        }
    }
}

/// Tells whether an end names a resource: by its id, or by the last part of its ARN.
fn is_end(resource: &str, end: &str) -> bool {
    !end.is_empty()
        && (resource.eq_ignore_ascii_case(end)
            || resource.starts_with("arn:")
                && resource
                    .strip_suffix(end)
                    .is_some_and(|rest| rest.ends_with([':', '/'])))
}

/// Returns the names of an Azure id without the types between them, the resource of an ARN, and
/// anything else as it is.
fn short(id: &str) -> String {
    if let Some((_, path)) = id.split_once("/providers/") {
        let names: Vec<&str> = path.split('/').skip(2).step_by(2).collect();
        return names.join(" / ");
    }
    if id.starts_with("arn:") {
        return id.splitn(6, ':').last().unwrap_or(id).to_owned();
    }
    id.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_ids_become_names_and_names_stay() {
        for (id, name) in [
            ("pay-alb", "pay-alb"),
            ("payments/payments-api", "payments/payments-api"),
            (
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/sql/databases/pay",
                "sql / pay",
            ),
            (
                "arn:aws:rds:eu-west-1:111122223333:db:payments-db",
                "db:payments-db",
            ),
            ("", ""),
        ] {
            assert_eq!(short(id), name);
        }
    }

    #[test]
    fn an_end_names_a_store_by_id_or_by_the_last_part_of_its_arn() {
        let arn = "arn:aws:rds:eu-west-1:111122223333:db:payments-db";
        for (resource, end, expected) in [
            (arn, arn, true),
            (arn, "payments-db", true),
            (arn, "db", false),
            (arn, "", false),
            ("/subscriptions/s/x/pay", "/SUBSCRIPTIONS/s/x/pay", true),
            ("/subscriptions/s/x/pay", "pay", false),
        ] {
            assert_eq!(is_end(resource, end), expected, "{end}");
        }
    }
}
