package dev.rubicon.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rubicon.postgres.Target;
import dev.rubicon.postgres.server.ServerChoice;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.postgresql.Driver;

/**
 * How a client program finds a database: in its environment, never in its arguments, which every
 * user of the machine can read.
 */
public final class ClientEnvironment {
  private static final Map<String, String> FROM_URL =
      Map.of(
          "PGHOST", "PGHOST",
          "PGPORT", "PGPORT",
          "PGDBNAME", "PGDATABASE",
          "sslmode", "PGSSLMODE",
          "sslrootcert", "PGSSLROOTCERT",
          "sslcert", "PGSSLCERT",
          "sslkey", "PGSSLKEY",
          "channelBinding", "PGCHANNELBINDING",
          "options", "PGOPTIONS");

  private ClientEnvironment() {}

  /** For libpq: {@code PGHOST} and so on. */
  public static Map<String, String> libpq(Target target) {
    Properties url = Driver.parseURL(target.url(), new Properties());
    if (url == null) {
      throw new IllegalArgumentException("not a PostgreSQL URL");
    }
    var environment = new LinkedHashMap<String, String>();
    FROM_URL.forEach(
        (property, variable) -> {
          String value = url.getProperty(property);
          if (value != null) {
            environment.put(variable, value);
          }
        });
    Optional.ofNullable(url.getProperty("targetServerType"))
        .flatMap(ServerChoice::forLibpq)
        .ifPresent(choice -> environment.put("PGTARGETSESSIONATTRS", choice));
    if ("true".equals(url.getProperty("ssl"))) {
      // As the driver has it: no less verified than its own connections.
      environment.putIfAbsent("PGSSLMODE", "verify-full");
    }
    environment.put("PGUSER", target.user());
    environment.put("PGPASSWORD", target.password().reveal());
    environment.put("PGCONNECT_TIMEOUT", "10");
    return environment;
  }

  /** The same, and {@code DATABASE_URL}, by which most migration tools go. */
  public static Map<String, String> tool(Target target) {
    var environment = new LinkedHashMap<>(libpq(target));
    String parameters =
        Stream.of(
                Map.entry("sslmode", "PGSSLMODE"),
                Map.entry("target_session_attrs", "PGTARGETSESSIONATTRS"))
            .filter(each -> environment.containsKey(each.getValue()))
            .map(each -> each.getKey() + "=" + environment.get(each.getValue()))
            .collect(Collectors.joining("&"));
    environment.put(
        "DATABASE_URL",
        "postgresql://%s:%s@%s/%s%s"
            .formatted(
                encoded(target.user()),
                encoded(target.password().reveal()),
                hosts(environment.get("PGHOST"), environment.get("PGPORT")),
                encoded(environment.get("PGDATABASE")),
                parameters.isEmpty() ? "" : "?" + parameters));
    return environment;
  }

  /** The driver lists hosts and ports apart, a URL has each port behind its host. */
  private static String hosts(String hosts, String ports) {
    String[] host = hosts.split(",");
    String[] port = ports.split(",");
    return IntStream.range(0, host.length)
        .mapToObj(i -> host[i] + ":" + port[i])
        .collect(Collectors.joining(","));
  }

  /** What a program said, without the password that it was given. */
  public static String withoutSecrets(String text, Target target) {
    String password = target.password().reveal();
    return password.isEmpty()
        ? text
        : text.replace(password, "***").replace(encoded(password), "***");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }
}
