<?php
// What `php artisan migrate` and `migrate:status` ask of Laravel's migrator.
foreach (["Container", "Events", "Filesystem", "Database"] as $part) require "Illuminate/$part/autoload.php";
$capsule = new Illuminate\Database\Capsule\Manager();
$capsule->addConnection(["driver" => "pgsql", "host" => getenv("PGHOST"), "port" => getenv("PGPORT"),
  "database" => getenv("PGDATABASE"), "username" => getenv("PGUSER"), "password" => getenv("PGPASSWORD")]);
$capsule->setAsGlobal();
$manager = $capsule->getDatabaseManager();
$repository = new Illuminate\Database\Migrations\DatabaseMigrationRepository($manager, "migrations");
if (!$repository->repositoryExists()) $repository->createRepository();
$migrator = new Illuminate\Database\Migrations\Migrator($repository, $manager, new Illuminate\Filesystem\Filesystem());
if ($argv[1] === "up") {
  $migrator->run(["migrations"]);
} else {
  $files = array_keys($migrator->getMigrationFiles(["migrations"]));
  foreach (array_diff($files, $repository->getRan()) as $name) echo "$name\n";
}
