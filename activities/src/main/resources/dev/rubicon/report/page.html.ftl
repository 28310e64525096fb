<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title} on ${target}: Rubicon</title>
<style>
${css}
</style>
</head>
<body>
${head}
<nav aria-label="Sections">${links}</nav>
<main>
${sections}
</main>
<footer>${tool} · made ${madeAt} · everything on this page is also in report.json</footer>
</body>
</html>
