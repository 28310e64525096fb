#!/usr/bin/env bash
# Takes the pictures of docs/audit.md anew: a whole rollout on `temporal server start-dev`, then a browser on its UI.
# Needs temporal (CONTRIBUTING.md), chromium, node 20 and pngquant, and minutes.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
for program in node pngquant "${CHROMIUM:-chromium}"; do
  command -v "$program" >/dev/null || { echo "audit.sh: $program is not on the PATH" >&2; exit 1; }
done
exec mvn -B -pl demo -am verify -Dtest=AuditPictures -Dsurefire.failIfNoSpecifiedTests=false \
  -Drubicon.pictures="$here/audit.mjs"
