//! A workbook of one page, for what needs no whole sample: what people keep, and when it is due.

use std::fmt::Write as _;

use super::harness::Copy;

const CONFIG: &str = "organisation = \"Example\"\nentity = [\"merchant\"]\nplatforms = [\"aws-ecs-ec2\"]\n\
    time-zone = \"Europe/Helsinki\"\nsample = true\nas-of = 2026-11-22\n\
    [[roles]]\nid = \"sre\"\ntitle = \"Site reliability\"\n[[roles]]\nid = \"custodian\"\ntitle = \"Key custodians\"\n\
    [[people]]\nid = \"nl-0102\"\nroles = [\"sre\"]\n[[people]]\nid = \"nl-0148\"\nroles = [\"sre\", \"custodian\"]\n\
    [[people]]\nid = \"nl-0150\"\nroles = [\"custodian\"]\n";

const SCHEMA: &str = "title = \"Keys\"\npurpose = \"Every key.\"\n\
    [[field]]\nname = \"store\"\ntype = \"text\"\nmeaning = \"ARN.\"\n\
    [[field]]\nname = \"reviewed\"\ntype = \"date\"\nmeaning = \"Day.\"\n";

const SOURCES: &str = "[[source]]\ncommand = \"aws kms list-keys\"\n[[source.items]]\ntype = \"AWS::KMS::Key\"\n\
    at = \"Keys[]\"\nid = \"KeyArn\"\nlists = true\n";

const DUTIES: &str = "+++\ntitle = \"Duties\"\nowner = \"Head of Payments\"\napprover = \"CISO\"\napproved = 2026-02-01\n\
    review-due = 2027-02-01\n+++\n# Duties\n\nKeep keys.\n";

const FRONT: &str = "+++\nid = \"ecs-x\"\ntitle = \"X\"\nrequirements = []\n[[statements]]\nid = \"ecs-x-a\"\nlabel = \"a\"\n\
    [[roles]]\nrole = \"sre\"\nraci = \"responsible\"\n[[roles.duties]]\ntext = \"Do it.\"\nstatements = [\"ecs-x-a\"]\n\
    [[roles]]\nrole = \"custodian\"\nraci = \"consulted\"\n[[roles.duties]]\ntext = \"Keep it.\"\nstatements = [\"ecs-x-a\"]\n+++\n\n# X\n";

/// The checks: id, basis, requirement ids, entries.
const CHECKS: &[(&str, &str, &str, &str)] = &[
    (
        "access-review",
        "standard",
        "7.2.4",
        "[[recurring]]\nevery = \"6 months\"\nfields = [\"accounts\", \"confirmed-by\", \"systems\"]\nshows = 'string(item.accounts) + \" accounts\"'\n",
    ),
    (
        "chd-purge-quarterly",
        "standard",
        "3.2.1",
        "[[recurring]]\nevery = \"3 months\"\nfields = [\"store\"]\nlatest = 'item.store.exists(r, r.id == \"vault\")'\n\
         shows = 'string(size(item.store)) + \" stores\"'\nmessage = '\"left out: vault\"'\n",
    ),
    (
        "log-review-daily",
        "standard",
        "10.4.1",
        "[[recurring]]\nevery = \"1 day\"\nranges = true\nshows = 'item.result'\n",
    ),
    (
        "duties-written",
        "standard",
        "3.7.8",
        "[[document]]\npath = \"policies/duties.md\"\nsections = []\n",
    ),
    (
        "custodian-acknowledgement",
        "standard",
        "3.7.8",
        "[[acknowledgement]]\nroles = [\"custodian\"]\ntext = \"policies/duties.md\"\nvalid = \"12 months\"\n",
    ),
    (
        "role-guide-acknowledged",
        "standard",
        "3.1.2",
        "[[acknowledgement]]\nroles = [\"*\"]\ntext = \"role-guide\"\n",
    ),
    (
        "keys-reviewed",
        "standard",
        "3.6.1",
        "[[register]]\nname = \"keys\"\nshows = 'item.id'\ndated = \"reviewed\"\nwithin = \"12 months\"\n",
    ),
    ("key-guidance", "source", "3.6.1", KEYS),
    ("key-standard", "standard", "3.6.1", KEYS),
    ("key-shown", "standard", "3.6.1", PASSES),
    ("sad-not-kept", "standard", "3.3.1.2", KEYS),
    (
        "keys-scanned",
        "source",
        "3.5.1",
        "[[cardholder-data]]\nresource = \"AWS::KMS::Key\"\nforbid = [\"pan\", \"track\"]\n",
    ),
    (
        "exceptions-in-order",
        "source",
        "3.6.1",
        "[[configuration]]\neach = \"exceptions\"\nassert = 'lower(item.approver).trim() != lower(item.owner).trim() && item.until >= today && item.covers > 0'\n\
         shows = 'item.kind + \" until \" + item.until'\nmessage = '\"out of order, and covers \" + string(item.covers)'\nwhen-none = \"not-applicable\"\n",
    ),
];

const KEYS: &str = "[[configuration]]\nresource = \"AWS::KMS::Key\"\nassert = 'resource.keyId != \"b\"'\nshows = 'resource.keyId'\nmessage = '\"it is b\"'\n";
const PASSES: &str = "[[configuration]]\nresource = \"AWS::KMS::Key\"\nassert = 'resource.keyId != \"c\"'\nshows = 'resource.keyId'\nmessage = '\"it is c\"'\n";

/// The key that fails.
pub(crate) const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/b";

const REVIEW: &str = "by = \"nl-0150\"\nresult = \"all gone through\"\nsystems = [\"IAM\"]\naccounts = 34\nconfirmed-by = \"nl-0148\"\n";
const PURGE: &str = "by = \"nl-0148\"\nresult = \"nothing beyond its time\"\n[[store]]\nid = \"vault\"\nfound = 0\ndestroyed = 0\n";

/// Returns the workbook, in a folder of its own.
pub(crate) fn small() -> Copy {
    let copy = Copy::empty();
    copy.write("workbook.toml", CONFIG);
    copy.write("checks/registers/keys.toml", SCHEMA);
    copy.write("checks/sources/aws.toml", SOURCES);
    copy.write("book/src/policies/duties.md", DUTIES);
    copy.write(
        "book/src/SUMMARY.md",
        "- [Duties](policies/duties.md)\n- [Page](ecs/ecs-x.md)\n",
    );
    let mut page = FRONT.to_owned();
    for (id, basis, requirement, entries) in CHECKS {
        write!(
            page,
            "\n```toml check\nid = \"{id}\"\ntitle = \"T\"\nstatements = [\"ecs-x-a\"]\nrequirements = [\"{requirement}\"]\n\
             procedures = []\nbasis = \"{basis}\"\nstrength = \"direct\"\nseverity = \"low\"\nfix = \"f\"\n\n{entries}```\n"
        )
        .unwrap();
    }
    copy.write("book/src/ecs/ecs-x.md", &page);
    copy.write(
        "exports/kms/list-keys.json",
        &format!(
            "{{\"Keys\":[{{\"KeyId\":\"a\",\"KeyArn\":\"arn:aws:kms:eu-west-1:111122223333:key/a\"}},{{\"KeyId\":\"b\",\"KeyArn\":\"{KEY}\"}}]}}"
        ),
    );
    copy.write(
        "evidence/registers/keys.toml",
        "[[entry]]\nid = \"a\"\nreviewed = 2026-06-01\n[[entry]]\nid = \"b\"\nreviewed = 2026-01-15\n",
    );
    for day in ["2025-10-07", "2026-03-26", "2026-10-14"] {
        let path = format!("evidence/occurrences/access-review/{day}.toml");
        copy.write(&path, &format!("performed = {day}\n{REVIEW}"));
    }
    copy.write(
        "evidence/occurrences/access-review/missed-2026-09-26.toml",
        "missed = 2026-09-26\nby = \"nl-0150\"\ncause = \"c\"\ncorrection = \"d\"\nprevention = \"p\"\n",
    );
    for day in ["2025-11-21", "2026-02-20", "2026-05-20", "2026-08-20"] {
        let path = format!("evidence/occurrences/chd-purge-quarterly/{day}.toml");
        copy.write(&path, &format!("performed = {day}\n{PURGE}"));
    }
    copy
}
