//! The process of a generated app ends in order, and takes over settings while it runs.

use std::path::Path;
use std::time::{Duration, Instant};

use b2c_emulator::{Emulator, Endpoint, Misbehaviour, Tenant};
use e2e::Person;
use libtest_mimic::Failed;

use super::process::{Process, SOON, until};

/// SIGTERM in the midst of a sign-in whose token request takes five seconds: probes hear of it at once,
/// the sign-in comes to its end, the process ends with status 0, and nobody is taken in any more.
pub fn ends_in_order(project: &Path) -> Result<(), Failed> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let mut app = App::start(project).await?;
        let mut person = Person::new(&app.url)?;
        // Time enough to see it under way, well within the ten seconds that a provider is given.
        let slow = Misbehaviour::Delay(Duration::from_secs(5));
        app.emulator.misbehave(Endpoint::Token, slow);

        let page = person.opens("/login").await?;
        let name = [
            ("signInName", "ada@emulator.example"),
            ("password", "Passw0rd!"),
        ];
        let signing_in = person.submits(&page, "signInName", &name);
        let ending = async {
            // Until the token request is on its way.
            until(|| app.emulator.requests_under_way() > 0).await?;
            let begun = Instant::now();
            app.process.is_sent("TERM")?;
            app.process.probe_says(503, SOON).await?;
            // Before connections are refused, which is what the delay is for.
            if begun.elapsed() > Duration::from_secs(10) {
                return Err(Failed::from("probes heard of it late"));
            }
            Ok(())
        };
        // Where it leads then is for another instance to answer: this one takes no connections by then.
        let (_, ended) = tokio::join!(signing_in, ending);
        ended?;
        let mut answers = person.answers.iter().rev();
        let answered = answers.find(|answer| answer.url.contains("/getAToken"));
        let answered = answered.ok_or("the callback was not answered")?;
        let cookies = answered.headers.get_all("set-cookie");
        if answered.status != 303 || cookies.iter().count() == 0 {
            return Err(format!("the sign-in ended with {answered:?}").into());
        }
        let status = app.process.ends(Duration::from_secs(60)).await?;
        if !status.success() {
            return Err(format!("the process ended with {status}").into());
        }
        match person.opens("/").await {
            Ok(page) => Err(format!("somebody answers: {page:?}").into()),
            Err(_) => Ok(()),
        }
    })
}

/// SIGHUP: `b2c.toml` with a mistake in it changes nothing and ends nothing; one without is taken over.
pub fn reloads(project: &Path) -> Result<(), Failed> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let mut app = App::start(project).await?;
        let file = project.join("b2c.toml");
        let good = std::fs::read_to_string(&file)?;
        let sign_in = async |person: &mut Person| -> Result<(), Failed> {
            let page = person.signs_in("/login").await?;
            match page.status {
                200 => Ok(()),
                _ => Err(format!("{page:?}").into()),
            }
        };
        sign_in(&mut Person::new(&app.url)?).await?;
        std::fs::write(&file, format!("{good}\n[sesion]\n"))?;
        app.process.is_sent("HUP")?;
        let refused = until(|| app.process.log().contains("sesion")).await;
        let signed_in = sign_in(&mut Person::new(&app.url)?).await;
        std::fs::write(
            &file,
            good.replace("[session]", "[session]\nidle_minutes = 59"),
        )?;
        app.process.is_sent("HUP")?;
        let taken = until(|| app.process.log().contains("the configuration was reloaded")).await;
        std::fs::write(&file, &good)?;
        refused.map_err(|_| format!("nothing was said of the mistake: {}", app.process.log()))?;
        signed_in?;
        taken.map_err(|_| format!("it was not taken over: {}", app.process.log()))?;
        sign_in(&mut Person::new(&app.url)?).await?;
        app.process.is_sent("TERM")?;
        let status = app.process.ends(Duration::from_secs(60)).await?;
        if status.success() {
            return Ok(());
        }
        Err(format!("the process ended with {status}").into())
    })
}

/// The app at an emulator.
struct App {
    process: Process,
    url: String,
    emulator: Emulator,
}

impl App {
    async fn start(project: &Path) -> Result<Self, Failed> {
        let url = format!("http://localhost:{}", loopback::free_port());
        let tenant = Tenant::external_id("b2cemulator")
            .id("aaaabbbb-0000-cccc-1111-dddd2222eeee")
            .redirect_uri(format!("{url}/getAToken"))
            .redirect_uri(format!("{url}/"));
        let emulator = Emulator::builder().default_tenant(tenant).start().await?;
        let variables = [
            ("B2C__PROVIDER__INSTANCE", emulator.base_url()),
            ("B2C__PROVIDER__CLIENT_ID", emulator.client().client_id()),
            (
                "B2C_EMULATOR_CLIENT_SECRET",
                emulator.client().client_secret(),
            ),
            ("SHUTDOWN_DELAY", "10"),
        ];
        let process = Process::start(project, &url, &variables)?;
        process.probe_says(200, SOON).await?;
        Ok(Self {
            process,
            url,
            emulator,
        })
    }
}
