# run.sh TOOL COMMAND...
set -euo pipefail
export TOOLS=$(cd "$(dirname "$0")" && pwd)
tool=$1; shift
. "$TOOLS/$tool.sh"
