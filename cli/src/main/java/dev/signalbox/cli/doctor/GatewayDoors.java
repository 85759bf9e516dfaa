package dev.signalbox.cli.doctor;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The doors of a gateway by its settings, and which of them can be asked for findings. */
record GatewayDoors(Map<String, String> settings) {

  static final String BIND = "gateway.bind";
  private static final String LOOPBACK = "127.0.0.1";

  /**
   * A door.
   *
   * @param name as in {@code gateway.proxy-protocol}
   * @param key the setting of its port
   */
  record Door(String name, String key) {}

  /** A door that can be asked, at its URL. */
  record Asked(Door door, int port, String url) {}

  /** The doors without TLS: each has the whole REST interface. */
  private static final List<Door> CLEAR =
      List.of(
          new Door("main", "gateway.port"),
          new Door("tasks", "gateway.tasks-port"),
          new Door("codes", "gateway.codes-port"),
          new Door("messages", "gateway.messages-port"));

  /** All. */
  static final List<Door> ALL =
      List.of(
          CLEAR.get(0),
          CLEAR.get(1),
          CLEAR.get(2),
          CLEAR.get(3),
          new Door("tls", "gateway.tls-port"));

  private String setting(String key) {
    return settings.getOrDefault(key, "");
  }

  /** The fixed port of a setting; empty for {@code off}, {@code any} and what is none. */
  OptionalInt port(String key) {
    String text = setting(key).strip();
    int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
    return port >= 1 && port <= 65_535 ? OptionalInt.of(port) : OptionalInt.empty();
  }

  /** Whether connections to a door begin with the PROXY protocol. */
  boolean proxied(Door door) {
    return List.of(setting("gateway.proxy-protocol").split("[\\[\\], ]+", -1))
        .contains(door.name());
  }

  /** The first door that can be asked. */
  Optional<Asked> asked() {
    return CLEAR.stream()
        .filter(door -> port(door.key()).isPresent() && !proxied(door))
        .findFirst()
        .map(door -> {
          int port = port(door.key()).orElseThrow();
          return new Asked(door, port, "http://" + host() + ":" + port);
        });
  }

  /** Why the main door is not the one that is asked; empty when it is. */
  String mainUnasked() {
    Door main = CLEAR.getFirst();
    if (proxied(main)) {
      return "gateway.proxy-protocol has main: that door answers proxies alone";
    }
    return port(main.key()).isPresent() ? "" : main.key() + " is " + setting(main.key());
  }

  /** The host of a URL of this gateway; a wildcard means loopback too. */
  private String host() {
    String bind = setting(BIND).strip().replaceAll("[\\[\\]]", "");
    if (bind.indexOf(':') >= 0) {
      boolean wildcard = bind.matches("[0:]+");
      return wildcard || !bind.matches("[0-9A-Fa-f:.]+") ? LOOPBACK : "[" + bind + "]";
    }
    return bind.equals("0.0.0.0") || !isHost(bind) ? LOOPBACK : bind;
  }

  private static boolean isHost(String text) {
    try {
      return text.matches("[A-Za-z0-9.-]{1,253}") && new URI("http://" + text).getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** The address of all doors. */
  String bind() {
    return setting(BIND);
  }

  /** An address to bind; a name is not resolved, since that might ask a server. */
  static String numeric(String bind) {
    return bind.matches("[0-9.]+|\\[?[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*]?") ? bind : LOOPBACK;
  }
}
