//! Tables of Markdown, as they go to the terminal and into a file.

use std::fmt::{self, Display};

/// A table with its head: its first column says what was measured, the others what came out.
#[derive(Debug, Clone)]
pub struct Table {
    columns: usize,
    text: String,
}

impl Table {
    /// A table without rows, whose columns after the first are numbers.
    pub fn new<const COLUMNS: usize>(head: [&str; COLUMNS]) -> Self {
        Self::aligned(head, "---:")
    }

    /// A table without rows, whose columns are text.
    pub fn of_text<const COLUMNS: usize>(head: [&str; COLUMNS]) -> Self {
        Self::aligned(head, "---")
    }

    fn aligned<const COLUMNS: usize>(head: [&str; COLUMNS], others: &str) -> Self {
        let mut table = Self { columns: COLUMNS, text: String::new() };
        table.row(head);
        table.row(std::array::from_fn::<_, COLUMNS, _>(|column| if column == 0 { "---" } else { others }));
        table
    }

    /// One row more; what is missing at its end stays empty, and what is too much is left out.
    pub fn row<T: Display>(&mut self, cells: impl IntoIterator<Item = T>) {
        let mut cells = cells.into_iter();
        for _ in 0..self.columns {
            let cell = cells.next().map(|cell| cell.to_string()).unwrap_or_default();
            // What another program says may not break the row.
            self.text.push_str(&format!("| {} ", cell.replace(['|', '\n'], " ")));
        }
        self.text.push_str("|\n");
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn rows_are_as_wide_as_the_head() {
        let mut table = Table::new(["", "a", "b"]);
        table.row(["x"]);
        table.row(["1|2", "3\n4", "5", "6"]);
        assert_eq!(
            table.to_string(),
            "|  | a | b |\n| --- | ---: | ---: |\n| x |  |  |\n| 1 2 | 3 4 | 5 |\n"
        );
    }
}
