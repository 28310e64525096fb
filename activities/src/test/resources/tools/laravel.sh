laravel() { php -d error_reporting=E_ALL\&~E_DEPRECATED "$TOOLS/laravel.php" "$1"; }
case $1 in
  available) php -r 'require "Illuminate/Database/autoload.php";' && php -m | grep pdo_pgsql >/dev/null ;;
  migration)
    mkdir -p migrations
    cat >"migrations/2024_01_0$2_000000_m$2.php" <<P
<?php
class M$2 extends Illuminate\\Database\\Migrations\\Migration {
  function up() { Illuminate\\Database\\Capsule\\Manager::statement("CREATE TABLE t$2 (id int)"); }
  function down() { Illuminate\\Database\\Capsule\\Manager::statement("DROP TABLE t$2"); }
}
P
    ;;
  up) laravel up ;;
  pending) laravel pending ;;
esac
