//! The layouts of groups in which numbers are printed.

use crate::source::{Code, Table};

/// The most groups that are read.
pub(super) const GROUPS: usize = 7;

/// The layouts, each as the sizes of its groups.
#[derive(Debug, Clone, Default)]
pub(super) struct Layouts {
    layouts: Vec<Layout>,
    /// A bit for each size of a first group.
    first: u32,
}

/// The sizes of the groups of a number.
#[derive(Debug, Clone)]
struct Layout {
    sizes: Vec<usize>,
    known: Known,
}

/// What a layout says of digits in it that have an issuer and a check digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// They are a card number: that is how cards print theirs.
    Alone,
    /// They may be one: words have to say so.
    Named,
}

impl Layouts {
    /// Reads the layouts of a list.
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        let mut layouts = Self::default();
        for mut layout in table.tables("layout") {
            layout.required_string("reason");
            let alone = layout.boolean("alone").is_some_and(|alone| alone.value);
            let known = match alone {
                true => Known::Alone,
                false => Known::Named,
            };
            if let Some(item) = layout.required("groups") {
                let value = item.to_value();
                let sizes: Vec<usize> = value
                    .as_list()
                    .unwrap_or_default()
                    .iter()
                    .filter_map(|size| usize::try_from(size.as_int()?).ok())
                    .collect();
                let digits: usize = sizes.iter().sum();
                let fits = (2..=GROUPS).contains(&sizes.len())
                    && (12..=19).contains(&digits)
                    && !sizes.contains(&0);
                if fits {
                    layouts.first |= sizes.first().map_or(0, |size| 1 << size);
                    layouts.layouts.push(Layout { sizes, known });
                } else {
                    let message = "`groups` has two to seven sizes, 12 to 19 digits in all";
                    layout.report(Code::InvalidValue, item.span(), message);
                }
            }
            layout.finish();
        }
        layouts
    }

    /// Tells whether a layout begins with a group of that size.
    pub(super) fn begins(&self, size: usize) -> bool {
        u32::try_from(size)
            .ok()
            .and_then(|size| self.first.checked_shr(size))
            .is_some_and(|bits| bits & 1 == 1)
    }

    /// Returns what groups of these sizes are known by, if they are a layout.
    pub(super) fn of(&self, sizes: impl Iterator<Item = usize> + Clone) -> Option<Known> {
        self.layouts
            .iter()
            .find(|layout| layout.sizes.iter().copied().eq(sizes.clone()))
            .map(|layout| layout.known)
    }
}
