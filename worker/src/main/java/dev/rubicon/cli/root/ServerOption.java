package dev.rubicon.cli.root;

import dev.rubicon.client.Principal;
import dev.rubicon.client.remote.Api;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which worker's HTTP API decides; on the worker's own machine rubicon.yaml says where it is. */
public final class ServerOption {
  @Option(
      names = "--server",
      paramLabel = "URL",
      description = {
        "A worker's HTTP API (default: RUBICON_SERVER, or http of rubicon.yaml).",
        "With it no rubicon.yaml is needed. RUBICON_TOKEN says who calls."
      })
  private String server;

  /** Where to decide, on which target. */
  public record Addressed(Api api, String target) implements AutoCloseable {
    @Override
    public void close() {
      api.close();
    }
  }

  public Addressed addressed(RubiconCommand root, TargetOption target) {
    Map<String, String> environment = root.console().environment();
    Optional<String> named =
        Optional.ofNullable(server)
            .or(() -> Optional.ofNullable(environment.get("RUBICON_SERVER")))
            .filter(text -> !text.isBlank());
    if (named.isPresent() && target.named() != null) {
      return new Addressed(api(root, uri(named.get())), target.named());
    }
    if (named.isPresent() && !Files.exists(root.configFile())) {
      throw new RubiconException(
          ErrorCode.USAGE, "which target? there is no rubicon.yaml that has one", "--target T");
    }
    RubiconConfig config = root.config();
    String on = root.target(config, target.named());
    return new Addressed(api(root, named.map(ServerOption::uri).orElseGet(() -> of(config))), on);
  }

  private static Api api(RubiconCommand root, URI at) {
    Map<String, String> environment = root.console().environment();
    var caller =
        new Api.Caller(
            Optional.ofNullable(environment.get("RUBICON_TOKEN"))
                .map(String::strip)
                .filter(token -> !token.isEmpty()),
            Principal.ofUser(environment).name());
    return new Api(at, caller, name -> root.console().progress("recorded as " + name));
  }

  private static URI uri(String text) {
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null && "http".equals(uri.getScheme())
          || uri.getHost() != null && "https".equals(uri.getScheme())) {
        return uri;
      }
    } catch (IllegalArgumentException notOne) {
      // Said below.
    }
    throw new RubiconException(
        ErrorCode.USAGE,
        "--server (or RUBICON_SERVER) is no http:// or https:// URL",
        "for example: --server http://127.0.0.1:8787");
  }

  private static URI of(RubiconConfig config) {
    if (config.http().port() == 0) {
      throw new RubiconException(
          ErrorCode.API_UNREACHABLE,
          "rubicon.yaml lets the worker take a free port for its HTTP API (http.port: 0), so"
              + " nothing says where it is",
          "name it: --server URL, as the worker printed it");
    }
    String host =
        switch (config.http().host()) {
          case "0.0.0.0", "::" -> "127.0.0.1";
          case String one when one.contains(":") -> "[" + one + "]";
          case String one -> one;
        };
    return URI.create("http://" + host + ":" + config.http().port());
  }
}
