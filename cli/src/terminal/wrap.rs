//! Text in lines that fit.

/// The lines of a text, none wider than this many characters where words allow it. Further lines begin
/// with `indent`.
pub(super) fn wrap(text: &str, width: usize, indent: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let words = text.trim_start_matches(' ');
    let mut line = text[..text.len() - words.len()].to_owned();
    let mut is_first = true;
    for word in words.split(' ') {
        let length = line.chars().count();
        if !is_first && length + 1 + word.chars().count() > width {
            lines.push(std::mem::replace(&mut line, format!("{indent}{word}")));
            continue;
        }
        if !is_first {
            line.push(' ');
        }
        is_first = false;
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn words_go_into_the_next_line_and_stay_whole() {
        assert_eq!(wrap("one two three", 7, "  "), ["one two", "  three"]);
        assert_eq!(wrap("unbreakable x", 4, ""), ["unbreakable", "x"]);
        assert_eq!(wrap("  a b", 80, "  "), ["  a b"]);
        assert_eq!(wrap("", 10, ""), [""]);
    }
}
