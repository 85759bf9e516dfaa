package dev.signalbox.platform.bus;

import io.vertx.core.Vertx;
import io.vertx.core.spi.cluster.NodeInfo;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The bus of a cluster of one. */
final class Alone {

  private Alone() {}

  static Bus among(Vertx vertx) {
    Members members = new Members("alone");
    members.address(new NodeInfo("127.0.0.1", 1, null));
    return among(members, vertx);
  }

  static Bus among(Members members, Vertx vertx) {
    try {
      return Bus.among(members, vertx).await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
