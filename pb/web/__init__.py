"""Web: what all pages share: words, formats, headers, error pages. It knows no room."""
