//! What a scan report says the scan is of.

use clap::ValueEnum;

use crate::cardholder::{About as Stated, Extent, Member, Period, Shard};
use crate::cli::common::Failure;
use crate::source::Instant;

/// What was scanned, for --report.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct About {
    /// The type of what was scanned: a resource type such as `AWS::Logs::LogGroup`, or `registers.NAME`
    #[arg(
        long,
        value_name = "TYPE",
        requires = "report",
        help_heading = "For --report"
    )]
    member_type: Option<String>,
    /// Its id or name; of a register the entry's id
    #[arg(
        long,
        value_name = "ID",
        requires = "report",
        help_heading = "For --report"
    )]
    member_id: Option<String>,
    /// Its account or subscription, where several have the name
    #[arg(
        long,
        value_name = "ID",
        requires = "report",
        help_heading = "For --report"
    )]
    account: Option<String>,
    /// Its region, where several have the name
    #[arg(long, requires = "report", help_heading = "For --report")]
    region: Option<String>,
    /// How much of it the scanned files are
    #[arg(long, value_enum, requires = "report", help_heading = "For --report")]
    extent: Option<How>,
    /// The time from which the data are, such as 2026-08-18T00:00:00Z
    #[arg(long, value_name = "TIME", requires = "to", value_parser = moment, help_heading = "For --report")]
    from: Option<Instant>,
    /// The time up to which they are
    #[arg(long, value_name = "TIME", requires = "from", value_parser = moment, help_heading = "For --report")]
    to: Option<Instant>,
    /// How a sample was selected
    #[arg(
        long,
        value_name = "TEXT",
        requires = "report",
        help_heading = "For --report"
    )]
    selection: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum How {
    /// Everything it held
    All,
    /// Everything of the time from --from to --to
    Period,
    /// A selection, as --selection says
    Sample,
}

fn moment(text: &str) -> Result<Instant, &'static str> {
    Instant::parse(text).ok_or("it is no moment such as 2026-11-22T01:50:08Z")
}

impl About {
    /// Returns what the options say.
    pub(super) fn stated(&self, shard: Option<Shard>) -> Result<Stated, Failure> {
        let wrong = |text: &str| Err(Failure::Text(text.to_owned()));
        let (Some(member_type), Some(id), Some(extent)) =
            (&self.member_type, &self.member_id, self.extent)
        else {
            return wrong("--report takes --member-type, --member-id and --extent");
        };
        let data = self.from.zip(self.to).map(|(from, to)| Period { from, to });
        let extent = match (extent, &self.selection, data) {
            (How::Sample, None, _) => return wrong("--extent sample takes --selection"),
            (How::All | How::Period, Some(_), _) => {
                return wrong("--selection says how a sample was selected; give --extent sample");
            }
            (How::Period, _, None) => return wrong("--extent period takes --from and --to"),
            (How::All, None, _) => Extent::All,
            (How::Period, None, Some(_)) => Extent::Period,
            (How::Sample, Some(_), _) => Extent::Sample,
        };
        Ok(Stated {
            member: Member {
                member_type: member_type.clone(),
                id: id.clone(),
                account: self.account.clone(),
                region: self.region.clone(),
            },
            extent,
            selection: self.selection.clone(),
            data,
            shard,
        })
    }
}
