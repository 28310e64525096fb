<header>
<p class="kicker">Rollout report ${state}</p>
<h1>${title}</h1>
<p class="lead">Runbook <b>${runbook}</b> on target <b>${target}</b>, requested by <b>${requestedBy}</b></p>
<p class="when">launched ${launchedAt}${ended}</p>
${outcome}
<div class="tiles">${tiles}</div>
</header>
