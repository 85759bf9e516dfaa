package dev.signalbox.worker.icmp;

/** Sends echo requests and receives the replies to them. Belongs to one thread. */
public interface EchoSocket extends AutoCloseable {

  /** Requests in one {@link #send} at most. */
  int MAX_BATCH = 128;

  /** Takes replies. */
  @FunctionalInterface
  interface ReplyHandler {

    /**
     * A reply that has proven itself; the same may come again.
     *
     * @param address where it came from, as 32 bits
     * @param roundTripNanos at least 0
     */
    void onReply(int address, Purpose purpose, long roundTripNanos);
  }

  /**
   * Sends requests without waiting.
   *
   * @param addresses as 32 bits each
   * @param count how many of them, at most {@link #MAX_BATCH}
   * @param outcomes takes the outcome of each
   */
  void send(int[] addresses, int count, Purpose purpose, SendOutcome[] outcomes);

  /** Hands on all replies that have come. */
  void receive(ReplyHandler handler);

  /** Waits until a reply is there, at most so long. */
  void await(int millis);

  /** How the socket was opened, in a few words. */
  String description();

  @Override
  void close();
}
