//! Where everything of a flow stands.
//!
//! The ends stand one above the other, so that a drawing fits a telephone. What each hop says
//! stands above the end it reaches. A hop to the next end goes straight down; any other leaves its
//! end on the left and travels in a lane, one for each end that needs one.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::view::{EndView, FlowView, HopView};

use super::wrap::wrap;

/// The width of every drawing.
const WIDTH: usize = 360;
/// Between lanes.
const LANE: usize = 13;
/// From the left side of an end to the stem by which hops reach it.
const STEM: usize = 18;
/// From the left side of an end to what hops say.
const TEXT: usize = 38;
/// The height of a line of an end's name.
const NAME_LINE: usize = 18;
/// The height of a line of what a hop says.
const SAID_LINE: usize = 16;
/// Above and below what stands in an end.
const PADDING: usize = 9;
/// Below what a hop says.
const GAP: usize = 8;
/// For the head of the arrow.
const HEAD: usize = 12;
/// The width of a character of a name, at most on average.
const NAME_COLUMN: usize = 9;
/// The width of ten characters of what a hop says, likewise.
const TEN_SAID_COLUMNS: usize = 66;

/// A line of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    x: usize,
    y: usize,
    text: String,
}

/// An end of hops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Node {
    x: usize,
    y: usize,
    width: usize,
    height: usize,
    kind: &'static str,
    lines: Vec<Line>,
    /// Where the word for its kind stands.
    kind_at: (usize, usize),
}

/// A hop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Arrow {
    number: usize,
    network: &'static str,
    /// Whether TLS protects it, in a version that is not deprecated.
    safe: bool,
    /// The way, as SVG has it.
    path: String,
    /// The head.
    head: String,
    /// Where its number stands.
    badge: (usize, usize),
    lines: Vec<Line>,
}

/// A flow, drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Drawing {
    width: usize,
    height: usize,
    nodes: Vec<Node>,
    arrows: Vec<Arrow>,
}

/// Returns where everything of a flow stands; `say` tells what stands beside a hop.
pub(super) fn of(flow: &FlowView, say: &dyn Fn(&HopView) -> Vec<String>) -> Drawing {
    let ends = ends(flow);
    let at = |end: &EndView| ends.iter().position(|known| *known == end).unwrap_or(0);
    let hops: Vec<(usize, usize, &HopView)> = flow
        .hops
        .iter()
        .map(|hop| (at(&hop.from), at(&hop.to), hop))
        .collect();
    let lanes = lanes(&hops);
    let left = 2 + lanes.values().max().map_or(0, |last| (last + 1) * LANE + 4);
    let text_columns = (WIDTH - left - TEXT) * 10 / TEN_SAID_COLUMNS;
    let mut y = 2;
    let mut nodes: Vec<Node> = Vec::new();
    let mut said: BTreeMap<usize, (usize, Vec<Line>)> = BTreeMap::new();
    for (index, end) in ends.iter().enumerate() {
        let reached = hops.iter().filter(|(_, to, _)| *to == index);
        let mut any = false;
        for (_, _, hop) in reached {
            any = true;
            y += GAP;
            let begin = y;
            let mut lines = Vec::new();
            for text in say(hop) {
                for text in wrap(&text, text_columns) {
                    y += SAID_LINE;
                    lines.push(Line {
                        x: left + TEXT,
                        y: y - 4,
                        text,
                    });
                }
            }
            said.insert(hop.number, (begin + SAID_LINE / 2 + 1, lines));
        }
        y += match (any, index) {
            (true, _) => HEAD,
            (false, 0) => 0,
            (false, _) => 2 * GAP,
        };
        let node = node(end, left, y);
        y += node.height;
        nodes.push(node);
    }
    let arrows = hops
        .iter()
        .filter_map(|(from, to, hop)| {
            let (badge_y, lines) = said.remove(&hop.number)?;
            let lane = lanes
                .get(from)
                .map(|lane| left - 6 - (lane + 1) * LANE + LANE / 2);
            arrow(
                (nodes.get(*from)?, nodes.get(*to)?),
                to.wrapping_sub(*from) == 1,
                hop,
                lane,
                badge_y,
                lines,
            )
        })
        .collect();
    Drawing {
        width: WIDTH,
        height: y + 3,
        nodes,
        arrows,
    }
}

/// Returns the ends in the order in which hops name them first.
fn ends(flow: &FlowView) -> Vec<&EndView> {
    let mut ends: Vec<&EndView> = Vec::new();
    for end in flow.hops.iter().flat_map(|hop| [&hop.from, &hop.to]) {
        if !ends.contains(&end) {
            ends.push(end);
        }
    }
    ends
}

/// Gives a lane to each end that has a hop to another than the next, so that no two lanes that
/// pass each other are the same.
fn lanes(hops: &[(usize, usize, &HopView)]) -> BTreeMap<usize, usize> {
    let mut spans: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (from, to, _) in hops.iter().filter(|(from, to, _)| from + 1 != *to) {
        let span = spans.entry(*from).or_insert((*from, *from));
        *span = (span.0.min(*to), span.1.max(*to));
    }
    let mut lanes: BTreeMap<usize, usize> = BTreeMap::new();
    for (end, span) in &spans {
        let taken: Vec<usize> = lanes
            .iter()
            .filter(|(other, _)| {
                spans
                    .get(*other)
                    .is_some_and(|other| other.0 <= span.1 && span.0 <= other.1)
            })
            .map(|(_, lane)| *lane)
            .collect();
        let free = (0..=taken.len()).find(|lane| !taken.contains(lane));
        lanes.insert(*end, free.unwrap_or(taken.len()));
    }
    lanes
}

fn node(end: &EndView, left: usize, y: usize) -> Node {
    let width = WIDTH - left - 2;
    let x = left + STEM - 4;
    let mut below = y + PADDING;
    let mut lines = Vec::new();
    for text in wrap(&end.name, (width - STEM) / NAME_COLUMN) {
        below += NAME_LINE;
        lines.push(Line {
            x,
            y: below - 5,
            text,
        });
    }
    below += SAID_LINE;
    Node {
        x: left,
        y,
        width,
        height: below + PADDING - y,
        kind: end.kind,
        lines,
        kind_at: (x, below - 5),
    }
}

fn arrow(
    (from, to): (&Node, &Node),
    next: bool,
    hop: &HopView,
    lane: Option<usize>,
    badge_y: usize,
    lines: Vec<Line>,
) -> Option<Arrow> {
    let stem = to.x + STEM;
    let tip = to.y;
    let path = if next {
        format!("M{stem} {}V{}", from.y + from.height, tip - 6)
    } else {
        let lane = lane?;
        let leaves = from.y + from.height / 2;
        let (before, after) = if badge_y > leaves {
            (leaves + 7, badge_y - 7)
        } else {
            (leaves - 7, badge_y + 7)
        };
        format!(
            "M{} {leaves}H{}Q{lane} {leaves} {lane} {before}V{after}Q{lane} {badge_y} {} {badge_y}H{stem}V{}",
            from.x,
            lane + 7,
            lane + 7,
            tip - 6,
        )
    };
    Some(Arrow {
        number: hop.number,
        network: hop.network,
        safe: hop
            .tls
            .as_deref()
            .is_some_and(|version| matches!(version, "1.2" | "1.3")),
        path,
        head: format!(
            "M{} {}L{stem} {tip}L{} {}Z",
            stem - 5,
            tip - 9,
            stem + 5,
            tip - 9
        ),
        badge: (stem, badge_y),
        lines,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(name: &str) -> EndView {
        EndView {
            id: name.to_owned(),
            name: name.to_owned(),
            kind: "system",
        }
    }

    fn flow(hops: &[(&str, &str)]) -> FlowView {
        let hops = hops.iter().enumerate().map(|(at, (from, to))| HopView {
            number: at + 1,
            from: end(from),
            to: end(to),
            network: "private",
            protocol: None,
            port: None,
            tls: None,
            ends_tls: None,
            elements: None,
            note: None,
        });
        FlowView {
            title: "t".to_owned(),
            purpose: None,
            channel: None,
            reviewed: None,
            hops: hops.collect(),
        }
    }

    #[test]
    fn ends_stand_below_each_other_and_every_hop_is_drawn_inside() {
        for hops in [
            &[][..],
            &[("a", "b")],
            &[("a", "b"), ("b", "c"), ("a", "c"), ("c", "a"), ("b", "b")],
            &[("a", "b"), ("c", "b"), ("c", "d"), ("b", "e"), ("a", "e")],
        ] {
            let drawing = of(&flow(hops), &|_| vec!["said ".repeat(30)]);
            assert_eq!(drawing.arrows.len(), hops.len());
            for pair in drawing.nodes.windows(2) {
                assert!(pair[0].y + pair[0].height < pair[1].y);
            }
            for node in &drawing.nodes {
                assert!(node.x + node.width <= WIDTH && node.y + node.height < drawing.height);
            }
            for line in drawing.arrows.iter().flat_map(|arrow| &arrow.lines) {
                assert!(line.y < drawing.height && line.x < WIDTH);
            }
        }
    }

    #[test]
    fn lanes_that_pass_each_other_are_apart_and_others_share() {
        let flow = flow(&[
            ("a", "b"),
            ("b", "c"),
            ("a", "c"),
            ("b", "d"),
            ("d", "e"),
            ("e", "f"),
            ("f", "f"),
        ]);
        let ends = ends(&flow);
        let at = |end: &EndView| ends.iter().position(|known| *known == end).expect("an end");
        let hops: Vec<_> = flow
            .hops
            .iter()
            .map(|hop| (at(&hop.from), at(&hop.to), hop))
            .collect();
        let lanes = lanes(&hops);
        assert_eq!(lanes, BTreeMap::from([(0, 0), (1, 1), (5, 0)]));
    }
}
