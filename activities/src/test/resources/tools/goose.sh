goose_() { goose -no-color -dir migrations postgres "$URL?sslmode=disable" "$@" 2>&1; }
case $1 in
  available) command -v goose ;;
  migration)
    mkdir -p migrations
    printf -- '-- +goose Up\nCREATE TABLE t%s (id int);\n-- +goose Down\nDROP TABLE t%s;\n' "$2" "$2" >"migrations/0000$2_m.sql" ;;
  up) goose_ up ;;
  pending) goose_ status | sed -n 's/.*Pending *-- *//p' ;;
esac
