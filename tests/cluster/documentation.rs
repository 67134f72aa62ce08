//! What the documentation shows is what the example runs.

use e2e::Workspace;
use libtest_mimic::Failed;

/// Every snippet of configuration in `docs/many-instances.md` is in a file of the example.
pub fn compare() -> Result<(), Failed> {
    let root = Workspace::root();
    let text = std::fs::read_to_string(root.join("docs/many-instances.md"))?;
    for (language, file) in [("nginx", "nginx.conf"), ("toml", "b2c.toml")] {
        let source = std::fs::read_to_string(root.join("examples/cluster").join(file))?;
        let source = lines(&source);
        let snippets: Vec<_> = text.split(&format!("```{language}\n")).skip(1).collect();
        if snippets.is_empty() {
            return Err(format!("no snippet of {file}").into());
        }
        for snippet in snippets {
            let snippet = lines(snippet.split("```").next().unwrap_or_default());
            if !source.windows(snippet.len()).any(|part| part == snippet) {
                return Err(format!("not in {file}:\n{}", snippet.join("\n")).into());
            }
        }
    }
    Ok(())
}

/// Without indentation.
fn lines(text: &str) -> Vec<&str> {
    text.trim().lines().map(str::trim).collect()
}
