package dev.rubicon.config;

import static dev.rubicon.yaml.Lists.mapByName;
import static dev.rubicon.yaml.Scalars.flag;
import static dev.rubicon.yaml.Scalars.matching;
import static dev.rubicon.yaml.Scalars.number;
import static dev.rubicon.yaml.Scalars.word;

import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Durations;
import dev.rubicon.yaml.Keys;
import java.util.Base64;
import java.util.function.IntFunction;

/** The shape of {@code rubicon.yaml}: one line per key, in the order of the reference. */
final class ConfigShape {
  private final ConfigValues values;
  private final DatabaseShape databases;
  private final CallersShape callers;

  ConfigShape(ConfigValues values) {
    this.values = values;
    this.databases = new DatabaseShape(values);
    this.callers = new CallersShape(values);
  }

  Decoder<RubiconConfig> config() {
    var keys = new Keys();
    var targets =
        keys.required(
            "targets",
            mapByName(
                matching("^[a-z0-9][a-z0-9_-]{0,62}$", "a target's name (lower case, up to 63)"),
                databases::target,
                databases.target("target")),
            "the databases that rollouts may change, by name");
    var staging =
        keys.required(
            "staging", databases.database("staging"), "server for scratch and clone databases");
    var ledger = keys.required("ledger", databases.database("ledger"), "the control database");
    var objectStore =
        keys.required("object-store", objectStore(), "bucket for bundles, backups and reports");
    var temporal = keys.or("temporal", temporal(), "{}", "the Temporal server");
    var http = keys.or("http", callers.http(), "{}", "where the HTTP API listens");
    var notifications = keys.or("notifications", notifications(), "{}", "who is told");
    var heartbeat =
        keys.or(
            "heartbeat-timeout",
            Durations.positive(),
            "30s",
            "after which a silent worker's activity is given to another");
    var pgBin =
        keys.optional(
            "pg-bin", values.path(), "folder of pg_dump and pg_restore; left out: looked up");
    var snapshotLimit =
        keys.or(
            "snapshot-limit",
            Durations.positive(),
            "24h",
            "how long a backup may keep the target's vacuum back; then it ends with an error");
    var worker = keys.or("worker", worker(), "{}", "how much one worker does at a time");
    var commands =
        keys.or(
            "commands",
            word(Commands.class),
            "refuse",
            "whether runbooks and command lines may run programs on this machine");
    var identity =
        keys.or(
            "identity",
            word(HostTrust.class),
            "verified",
            "whether an approval counts as a second person's where nobody checked who it is");
    var signing =
        keys.or(
            "signing",
            callers.signing(),
            "{}",
            "the keys that decisions are signed and checked with");
    var ceremony =
        keys.or(
            "ceremony",
            CeremonyShape.policy(),
            "{}",
            "what a rollout needs at least, by what is at stake; a runbook may ask for more");
    return keys.into(
        v ->
            new RubiconConfig(
                v.get(targets),
                v.get(staging),
                v.get(ledger),
                v.get(objectStore),
                v.get(temporal),
                v.get(http),
                v.get(notifications),
                v.get(heartbeat),
                v.get(pgBin),
                v.get(snapshotLimit),
                v.get(worker).apply(v.get(targets).size()),
                v.get(commands),
                v.get(signing).apply(v.get(identity) == HostTrust.TRUSTED_HOST),
                v.get(ceremony)));
  }

  private Decoder<RubiconConfig.ObjectStore> objectStore() {
    var keys = new Keys();
    var endpoint = keys.optional("endpoint", values.uri(), "S3 endpoint; left out: AWS");
    var region = keys.or("region", values.text(), "us-east-1", "region");
    var bucket = keys.required("bucket", values.text(), "bucket; must be there");
    var prefix = keys.or("prefix", values.anyText(), "''", "put before every key");
    var accessKey =
        keys.optional("access-key", values.text(), "left out: the AWS SDK's credentials chain");
    var secretKey = keys.optional("secret-key", values.secret(), "${NAME} or file:path");
    var pathStyle =
        keys.optional(
            "path-style", flag(), "bucket in the path; left out: true where there is an endpoint");
    var partLimit =
        keys.or(
            "part-limit",
            number(10, 10_000),
            "10000",
            "parts that one multipart upload may have; some stores allow only 1000");
    return keys.into(
        v -> {
          if (v.has(accessKey) && !v.has(secretKey)) {
            v.problem(accessKey, "needs 'secret-key' beside it");
          }
          if (v.has(secretKey) && !v.has(accessKey)) {
            v.problem(secretKey, "needs 'access-key' beside it");
          }
          return new RubiconConfig.ObjectStore(
              v.get(endpoint),
              v.get(region),
              v.get(bucket),
              v.get(prefix),
              v.get(accessKey),
              v.get(secretKey),
              v.get(pathStyle).orElse(v.get(endpoint).isPresent()),
              Math.toIntExact(v.get(partLimit)));
        });
  }

  private Decoder<RubiconConfig.Temporal> temporal() {
    var keys = new Keys();
    var address =
        keys.or(
            "address",
            values.matching("^[^\\s:/]+:[0-9]{1,5}$|^\\[[^\\s\\]]+\\]:[0-9]{1,5}$", "host:port"),
            "127.0.0.1:7233",
            "host:port");
    var namespace = keys.or("namespace", values.text(), "default", "namespace; must be there");
    var tls =
        keys.optional("tls", flag(), "left out: true where a certificate or an API key is given");
    var certificate =
        keys.optional("client-certificate", values.path(), "PEM file, for mutual TLS");
    var key = keys.optional("client-key", values.path(), "PEM file (PKCS #8), for mutual TLS");
    var apiKey = keys.optional("api-key", values.secret(), "${NAME} or file:path; implies TLS");
    var ui = keys.optional("ui-url", values.uri(), "where auditors look, for links in outputs");
    var payloadKey =
        keys.optional(
            "payload-key",
            values.secret(),
            "id:base64 of 32 bytes, as ${NAME} or file:path; encrypts what Temporal keeps");
    return keys.into(
        v -> {
          if (v.get(payloadKey).filter(given -> !isKey(given.reveal())).isPresent()) {
            v.problem(payloadKey, "is not id:base64 with 32 bytes (openssl rand -base64 32)");
          }
          if (v.has(certificate) != v.has(key)) {
            v.problem(
                v.has(key) ? key : certificate,
                "client-certificate and client-key belong together");
          }
          boolean secured = v.has(certificate) || v.has(apiKey);
          if (secured && v.get(tls).filter(on -> !on).isPresent()) {
            v.problem(tls, "cannot be false with a certificate or an API key");
          }
          return new RubiconConfig.Temporal(
              v.get(address),
              v.get(namespace),
              v.get(tls).orElse(secured),
              v.get(certificate),
              v.get(key),
              v.get(apiKey),
              v.get(ui).map(Object::toString),
              v.get(payloadKey));
        });
  }

  private static boolean isKey(String text) {
    int colon = text.indexOf(':');
    try {
      return colon > 0 && Base64.getDecoder().decode(text.substring(colon + 1)).length == 32;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** What is left out depends on the number of targets. */
  private Decoder<IntFunction<RubiconConfig.Worker>> worker() {
    var keys = new Keys();
    var data =
        keys.optional(
            "data-slots",
            number(1, 1000),
            "activities that move or read data; left out: as many as targets, 4 at least");
    var ddl =
        keys.optional(
            "ddl-slots",
            number(1, 1000),
            "activities that change the schema; left out: as many as targets, 4 at least");
    var watch =
        keys.optional(
            "watch-slots", number(1, 1000), "watches; left out: as many as targets, 4 at least");
    return keys.into(
        v ->
            targets -> {
              var usual = RubiconConfig.Worker.forTargets(targets);
              return new RubiconConfig.Worker(
                  v.get(data).map(Math::toIntExact).orElse(usual.dataSlots()),
                  v.get(ddl).map(Math::toIntExact).orElse(usual.ddlSlots()),
                  v.get(watch).map(Math::toIntExact).orElse(usual.watchSlots()));
            });
  }

  private Decoder<RubiconConfig.Notifications> notifications() {
    var keys = new Keys();
    var webhook =
        keys.optional("webhook", values.uri(), "receives JSON for alerts, gates and outcomes");
    return keys.into(v -> new RubiconConfig.Notifications(v.get(webhook)));
  }
}
