"""The page of a kind of problem, for a person who follows the `type` of an error."""

from html import escape

from api.problems import Kind

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - pressqa</title>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{meaning}</p>
<h2>What to do</h2>
<p>{remedy}</p>
<p>HTTP status {status}. The addresses of this server are described at <a href="../docs">/docs</a>.</p>
</main>
</body>
</html>
"""


def problem_page(kind: Kind) -> str:
    """Return the page of a kind of problem as HTML."""
    return _PAGE.format(
        title=escape(kind.title), meaning=escape(kind.meaning), remedy=escape(kind.remedy), status=kind.status
    )
