//! The built book in a real browser, opened from its files.
//!
//! Without Chromium and its driver the tests are shown as ignored. Where `WORKBOOK_REQUIRE_BROWSER`
//! is set they fail instead.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::string_slice,
    missing_docs,
    unreachable_pub,
    reason = "a test stops by panicking, and asks the environment what is installed"
)]

#[path = "fixtures/book.rs"]
mod fixture;

use std::fs;
use std::future::Future;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use evidence_workbook::assess::{Earlier, Verdict};
use evidence_workbook::workbook::Workbook;
use evidence_workbook::{render, view};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};

type Outcome = Result<(), Failed>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let names = [
        "a_failing_card_is_readable",
        "the_front_page_tells_first_what_fails_first",
        "no_page_scrolls_sideways",
        "nothing_is_requested_from_elsewhere",
        "text_from_exports_stays_text",
        "what_is_folded_opens_for_links_and_for_paper",
        "the_shipped_sample_tells_what_fails",
    ];
    let required = std::env::var_os("WORKBOOK_REQUIRE_BROWSER").is_some();
    let (browser, missing) = match (find(&BROWSERS), find(&DRIVERS)) {
        (Some(browser), Some(driver)) => (Some(Browser { browser, driver }), None),
        (None, _) => (None, Some("no chromium is installed")),
        (_, None) => (None, Some("no chromedriver is installed")),
    };
    let Some(browser) = browser else {
        let reason = missing.unwrap_or_default();
        let trials = names
            .map(|name| Trial::test(name, move || Err(reason.into())).with_ignored_flag(!required));
        return libtest_mimic::run(&arguments, trials.into()).exit_code();
    };
    let stage = Arc::new(Stage::new(&browser));
    let trial = |name: &str, test: fn(&Stage) -> Outcome| {
        let stage = Arc::clone(&stage);
        Trial::test(name, move || test(&stage))
    };
    let [failing, first, sideways, elsewhere, text, folded, sample] = names;
    let trials = vec![
        trial(failing, failing_card),
        trial(first, front_page),
        trial(sideways, sideways_scroll),
        trial(elsewhere, requests),
        trial(text, hostile_text),
        trial(folded, folds),
        trial(sample, shipped_sample),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];
const DRIVERS: [&str; 1] = ["chromedriver"];

fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}

struct Browser {
    browser: PathBuf,
    driver: PathBuf,
}

/// The built book, and a driver that is stopped when the tests are over.
struct Stage {
    folder: tempfile::TempDir,
    browser: PathBuf,
    driver: Child,
    url: String,
}

impl Drop for Stage {
    fn drop(&mut self) {
        // Nothing is left to do about a driver that has ended by itself.
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Stage {
    fn new(browser: &Browser) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let fixture = fixture::lay_out(&folder.path().join("workbook"));
        let shown = view::of(fixture.input());
        render::build(&fixture.root, &folder.path().join("book"), &shown).expect("a book");
        let mut driver = Command::new(&browser.driver)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the driver starts");
        let lines = BufReader::new(driver.stdout.take().expect("its output")).lines();
        let port = lines
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, port) = line.split_once("started successfully on port ")?;
                Some(port.trim_end_matches('.').to_owned())
            })
            .expect("the driver says its port");
        Self {
            folder,
            browser: browser.browser.clone(),
            driver,
            url: format!("http://127.0.0.1:{port}"),
        }
    }

    fn book(&self) -> PathBuf {
        self.folder.path().join("book")
    }

    fn file(&self, page: &str) -> String {
        format!("file://{}/{page}", self.book().display())
    }

    /// Runs `test` in a fresh browser whose window is so many pixels wide.
    fn run<F>(&self, width: u32, test: impl FnOnce(Client) -> F) -> Outcome
    where
        F: Future<Output = Outcome>,
    {
        let profile = tempfile::tempdir()?;
        let capabilities = json!({
            "goog:chromeOptions": {
                "binary": self.browser,
                "args": [
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    format!("--user-data-dir={}", profile.path().display()),
                ],
                "mobileEmulation": {
                    "deviceMetrics": {
                        "width": width, "height": 900, "pixelRatio": 1.0,
                        "mobile": false, "touch": false,
                    },
                },
            },
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let client = ClientBuilder::new(HttpConnector::new())
                .capabilities(serde_json::from_value(capabilities)?)
                .connect(&self.url)
                .await?;
            let outcome = test(client.clone()).await;
            client.close().await?;
            outcome
        })
    }

    /// Returns the pages of the book, but for the one that starts printing when it is opened.
    fn pages(&self) -> Vec<String> {
        let mut pages = Vec::new();
        collect(&self.book(), "", &mut pages);
        pages.retain(|page| page != "print.html");
        pages.sort();
        pages
    }
}

fn collect(folder: &Path, below: &str, pages: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), pages);
        } else if Path::new(&name)
            .extension()
            .is_some_and(|extension| extension == "html")
        {
            pages.push(name);
        }
    }
}

fn check(holds: bool, message: impl Into<String>) -> Outcome {
    if holds {
        Ok(())
    } else {
        Err(message.into().into())
    }
}

async fn ask(client: &Client, script: &str) -> Result<Value, Failed> {
    Ok(client.execute(script, Vec::new()).await?)
}

/// The whole way, from the shipped exports to a card in the browser: every failing check of the
/// sample stands on its page with what is wrong.
fn shipped_sample(stage: &Stage) -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workbook = Workbook::load(root)?;
    let inventory = workbook.inventory(&root.join("exports"))?;
    let today = workbook.config.as_of.ok_or("the sample states its date")?;
    let outcome = workbook.assess(inventory, &Earlier::default(), today);
    let dest = stage.folder.path().join("sample");
    let shown = view::of(workbook.view_input(&outcome, None));
    render::build(root, &dest, &shown)?;
    let failing = outcome
        .checks
        .iter()
        .find(|check| check.verdict == Verdict::Fail)
        .ok_or("the sample holds failures")?;
    let page = workbook
        .book
        .pages
        .iter()
        .find(|page| page.id() == failing.page)
        .ok_or("the page of the check")?;
    let file = page.path.replace(".md", ".html");
    let address = format!("file://{}/{file}#check-{}", dest.display(), failing.id);
    let finding = failing.findings.first().ok_or("a finding")?;
    stage.run(1280, async |client| {
        client.goto(&address).await?;
        let css = format!(
            "section.wb-card.wb-verdict--fail[id='check-{}']",
            failing.id
        );
        let css = css.as_str();
        let card = match client.find(Locator::Css(css)).await {
            Ok(card) => card,
            Err(_) => {
                client
                    .find(Locator::Css("section.wb-card.wb-verdict--fail"))
                    .await?
            }
        };
        check(card.is_displayed().await?, "the card is not shown")?;
        let text = card.text().await?;
        for expected in [failing.title.as_str(), finding.message.as_str()] {
            check(
                text.contains(expected),
                format!("{expected:?} not in {text:?}"),
            )?;
        }
        Ok(())
    })
}

fn failing_card(stage: &Stage) -> Outcome {
    stage.run(1280, async |client| {
        let page = stage.file("requirements/req-3.4.1.html#check-aks-encryption-at-host");
        client.goto(&page).await?;
        let card = client
            .find(Locator::Css("section.wb-card.wb-verdict--fail"))
            .await?;
        check(card.is_displayed().await?, "the card is not shown")?;
        let text = card.text().await?;
        for expected in [
            "Every node pool encrypts its temporary disks and caches at the host",
            "The condition does not hold for at least one subject.",
            "PCI DSS asks for this",
            "2 subjects examined",
            "these pools do not encrypt at the host: system, batch",
            "by documented default",
            "az-aks-list.json:212",
            "--enable-encryption-at-host",
            "evidence/records/req-3.4.1/aks-encryption-at-host.toml",
        ] {
            check(
                text.contains(expected),
                format!("{expected:?} not in {text:?}"),
            )?;
        }
        check(
            !text.contains("[[configuration]]"),
            "the definition is not folded",
        )
    })
}

fn front_page(stage: &Stage) -> Outcome {
    stage.run(1280, async |client| {
        client.goto(&stage.file("index.html")).await?;
        let main = client.find(Locator::Css("main")).await?.text().await?;
        for expected in [
            "Larkspur Payments is invented",
            "Judged as of",
            "2026-11-22",
        ] {
            check(main.contains(expected), format!("{expected:?} is missing"))?;
        }
        let first = "return document.querySelector('h2#what-fails-first')\
                     .parentElement.querySelector('.wb-failing tbody tr').innerText";
        let row = ask(&client, first).await?;
        let row = row.as_str().unwrap_or_default();
        check(
            row.contains("critical") && row.contains("Security groups of the CDE"),
            format!("the first row is {row:?}"),
        )?;
        let mend = client
            .find(Locator::Css(".wb-failing tbody tr a[href*='#fix-']"))
            .await?;
        mend.click().await?;
        let at = ask(&client, "return location.pathname + location.hash").await?;
        check(
            at.as_str()
                .is_some_and(|at| at.ends_with("ecs/ecs-net.html#fix-sg-not-world-open")),
            format!("the fix is at {at}"),
        )
    })
}

fn sideways_scroll(stage: &Stage) -> Outcome {
    for width in [360, 768, 1280] {
        stage.run(width, async |client| {
            for page in stage.pages() {
                client.goto(&stage.file(&page)).await?;
                let unfold = "document.querySelectorAll('main details')\
                              .forEach(details => { details.open = true; });\
                              return document.documentElement.scrollWidth - innerWidth";
                let over = ask(&client, unfold).await?;
                check(
                    over.as_i64().is_some_and(|over| over <= 0),
                    format!("{page} is {over} pixels too wide at {width}"),
                )?;
                // What is cut off at the edge would not scroll, and can't be read either.
                let cut = "return Array.from(document.querySelectorAll('main *'))\
                           .filter(e => !e.closest('pre, .wb-scroll, .table-wrapper'))\
                           .filter(e => e.getBoundingClientRect().right > innerWidth + 1)\
                           .map(e => e.tagName + '.' + e.className)";
                let cut = ask(&client, cut).await?;
                check(
                    cut == json!([]),
                    format!("{page} is cut off at {width}: {cut}"),
                )?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn requests(stage: &Stage) -> Outcome {
    stage.run(1280, async |client| {
        for page in stage.pages() {
            client.goto(&stage.file(&page)).await?;
            let loaded = "return performance.getEntriesByType('resource').map(e => e.name)\
                          .concat(Array.from(document.querySelectorAll('[src]'), e => e.src))\
                          .filter(name => name && !/^(file|data):/.test(name))";
            let loaded = ask(&client, loaded).await?;
            check(loaded == json!([]), format!("{page} asks for {loaded}"))?;
        }
        Ok(())
    })
}

fn hostile_text(stage: &Stage) -> Outcome {
    stage.run(1280, async |client| {
        client.goto(&stage.file("ecs/ecs-net.html")).await?;
        let text = client.find(Locator::Css("main")).await?.text().await?;
        for expected in [
            "sg-<script>window.hostile=1</script>",
            "<img src=x onerror='window.hostile=1'>",
            "{{#include /etc/passwd}}",
            "[U+202E]gnp.exe[U+202C]",
            "[internet](javascript:alert(1))",
        ] {
            check(
                text.contains(expected),
                format!("{expected:?} is not shown as text"),
            )?;
        }
        // The search shows headings and text of pages; it is where mdBook escapes least.
        for query in ["internet", "security", "onerror"] {
            client
                .goto(&stage.file(&format!("ecs/ecs-net.html?search={query}")))
                .await?;
            client
                .wait()
                .at_most(Duration::from_secs(20))
                .for_element(Locator::Css("#mdbook-searchresults li"))
                .await?;
            let made = ask(
                &client,
                "return [document.querySelectorAll('#mdbook-searchresults img, \
                 #mdbook-searchresults script, main img, main script').length, \
                 window.hostile === undefined]",
            )
            .await?;
            check(
                made == json!([0, true]),
                format!("searching {query}: {made}"),
            )?;
        }
        for page in stage.pages() {
            client.goto(&stage.file(&page)).await?;
            let hostile = ask(&client, "return window.hostile === undefined").await?;
            check(hostile == json!(true), format!("{page} ran a script"))?;
        }
        Ok(())
    })
}

fn folds(stage: &Stage) -> Outcome {
    stage.run(1280, async |client| {
        let page = stage.file("requirements/req-3.4.1.html#statement-3.4.1-n");
        client.goto(&page).await?;
        let open = "return document.querySelector('#statements').open";
        check(
            ask(&client, open).await? == json!(true),
            "the statement is still folded away",
        )?;
        let paper = "const folded = () => document.querySelectorAll('main details:not([open])').length;\
                     const before = folded();\
                     window.dispatchEvent(new Event('beforeprint'));\
                     const printed = folded();\
                     window.dispatchEvent(new Event('afterprint'));\
                     return [before > 0, printed, folded() === before]";
        let folded = ask(&client, paper).await?;
        check(
            folded == json!([true, 0, true]),
            format!("folded before, in and after printing: {folded}"),
        )
    })
}
