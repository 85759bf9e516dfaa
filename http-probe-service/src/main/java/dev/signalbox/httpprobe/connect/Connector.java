package dev.signalbox.httpprobe.connect;

import dev.signalbox.httpprobe.phase.ProbeException;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/** Opens TCP connections to judged addresses. */
public final class Connector {

  private static final int SHORTEST_ATTEMPT_MS = 50;

  private final EventLoop loop;
  private final ChannelFactory<? extends Channel> channels;

  public Connector(EventLoop loop, ChannelFactory<? extends Channel> channels) {
    this.loop = loop;
    this.channels = channels;
  }

  /**
   * Connects to the first address that answers.
   *
   * @param addresses at least one, tried in turn; each gets an equal share of the time left, so
   *     that one that swallows packets does not use up all of it
   * @param remainingMs asked before each attempt
   * @param opened told of each socket as soon as it exists, so that whoever gives up can close it
   */
  public Future<Channel> connect(
      List<InetAddress> addresses, int port, RemainingTime remainingMs, Consumer<Channel> opened) {
    Promise<Channel> promise = Promise.promise();
    attempt(new Attempt(addresses, port, remainingMs, opened, promise), 0);
    return promise.future();
  }

  /** How long the whole probe may still take, in milliseconds. */
  @FunctionalInterface
  public interface RemainingTime {
    long millis();
  }

  private record Attempt(
      List<InetAddress> addresses,
      int port,
      RemainingTime remaining,
      Consumer<Channel> opened,
      Promise<Channel> promise) {}

  private void attempt(Attempt attempt, int index) {
    InetSocketAddress address =
        new InetSocketAddress(attempt.addresses().get(index), attempt.port());
    int left = attempt.addresses().size() - index;
    long share = Math.max(SHORTEST_ATTEMPT_MS, attempt.remaining().millis() / left);
    ChannelFuture connected =
        new Bootstrap()
            .group(loop)
            .channelFactory(channels)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(share, Integer.MAX_VALUE))
            .option(ChannelOption.TCP_NODELAY, true)
            // Nothing is read before a phase asks for it, so that no byte comes too early.
            .option(ChannelOption.AUTO_READ, false)
            // A request that cannot be sent whole may have been answered: that is still to be read.
            .option(ChannelOption.AUTO_CLOSE, false)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(address);
    attempt.opened().accept(connected.channel());
    connected.addListener((ChannelFuture done) -> {
      if (done.isSuccess()) {
        attempt.promise().complete(done.channel());
      } else if (left > 1) {
        attempt(attempt, index + 1);
      } else {
        attempt.promise().fail(failure(address, done.cause()));
      }
    });
  }

  private static ProbeException failure(InetSocketAddress address, Throwable cause) {
    String where = address.getAddress().getHostAddress() + " port " + address.getPort();
    String why = cause.getMessage() == null ? "" : cause.getMessage();
    if (why.contains("refused")) {
      return ProbeException.connect("connection refused by " + where);
    }
    if (cause instanceof io.netty.channel.ConnectTimeoutException) {
      return ProbeException.connect(where + " did not answer");
    }
    int detail = why.indexOf(": ");
    return ProbeException.connect(
        "no connection to " + where + ": " + (detail < 0 ? why : why.substring(0, detail)));
  }
}
