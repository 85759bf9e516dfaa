package dev.signalbox.cli.client;

import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * JSON of the commands for a running system. The mapper is made in a thread of its own while a
 * request is on its way, since it takes a fifth of the time of a short command; whoever needs it
 * first waits for it.
 */
public final class ClientJson {

  private ClientJson() {}

  private static final class Holder {
    private static final JsonMapper MAPPER = new JsonMapper();
  }

  /** The mapper: trees only, without what the services register. */
  public static JsonMapper mapper() {
    return Holder.MAPPER;
  }

  static void prepare() {
    Thread.ofPlatform().daemon().name("json").start(ClientJson::mapper);
  }
}
