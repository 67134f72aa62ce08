//! Keys of `b2c.toml` that are no settings, among the problems of a profile.

/// Whether a problem tells of a key that is no setting.
pub(crate) fn is_unknown(problem: &str) -> bool {
    problem.contains("there is no such setting")
}

/// The problems, with the keys that are no settings told in one where they are many: each of them comes with
/// the list of those that there are.
pub(crate) fn gathered(problems: &[String]) -> Vec<String> {
    let (unknown, others): (Vec<_>, Vec<_>) =
        problems.iter().partition(|problem| is_unknown(problem));
    if unknown.len() <= EACH {
        return problems.to_vec();
    }
    let key = |problem: &&String| problem.split(": ").next().unwrap_or_default().to_owned();
    let shown: Vec<_> = unknown.iter().take(EACH).map(key).collect();
    let told = format!(
        "{} keys are no settings: {} and {} more; `cargo b2c-init doctor --offline` tells of each",
        unknown.len(),
        shown.join(", "),
        unknown.len() - shown.len()
    );
    others.into_iter().cloned().chain([told]).collect()
}

/// How many are told one by one.
const EACH: usize = 3;

#[cfg(test)]
mod tests {
    use super::gathered;

    #[test]
    fn a_few_are_told_each_and_many_together() {
        let unknown = |number: usize| format!("a.x{number}: there is no such setting; expected y");
        let mut problems = vec!["a.b: found nothing, expected a name".to_owned()];
        problems.extend((0..3).map(unknown));
        assert_eq!(gathered(&problems), problems);
        problems.extend((3..1000).map(unknown));
        let told = gathered(&problems);
        assert_eq!(told[0], problems[0]);
        assert!(
            told[1].starts_with("1000 keys are no settings: a.x0, a.x1, a.x2 and 997 more;"),
            "{}",
            told[1]
        );
        assert_eq!(told.len(), 2);
    }
}
