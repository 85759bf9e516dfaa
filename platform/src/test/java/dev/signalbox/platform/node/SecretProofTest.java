package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Proofs over sockets that belong to channels, as Hazelcast's do. */
class SecretProofTest {

  private static final byte[] SECRET = "a secret of the cluster".getBytes(StandardCharsets.UTF_8);
  private static final int NONCE_BYTES = 32;

  private final SecretProof proof = new SecretProof(SECRET, Duration.ofMinutes(1));
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final List<Socket> sockets = new ArrayList<>();
  private ServerSocketChannel server;

  @BeforeEach
  void listen() throws IOException {
    server =
        ServerSocketChannel.open()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
  }

  @AfterEach
  void close() throws IOException {
    clock.shutdownNow();
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.close();
  }

  /** Both ends of a connection; what the accepting end's proof comes to. */
  private record Ends(Socket asker, Socket accepter, Future<Void> accepted) {}

  private Ends connect(SecretProof accepting, String from) throws IOException {
    SocketChannel asker = SocketChannel.open().bind(new InetSocketAddress(from, 0));
    sockets.add(asker.socket());
    asker.connect(server.getLocalAddress());
    Socket accepter = server.accept().socket();
    sockets.add(accepter);
    Future<Void> accepted =
        threads.submit(() -> {
          accepting.onAccept(accepter);
          return null;
        });
    return new Ends(asker.socket(), accepter, accepted);
  }

  private Ends connect(String from) throws IOException {
    return connect(proof, from);
  }

  private Ends connect() throws IOException {
    return connect("127.0.0.1");
  }

  private List<Ends> connectSilent(String from, int count) throws IOException {
    List<Ends> silent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Ends ends = connect(from);
      // Its challenge is answered, so that it has a place by then.
      ends.asker().getOutputStream().write(new byte[NONCE_BYTES]);
      assertThat(ends.asker().getInputStream().readNBytes(NONCE_BYTES + Sha256.BYTES))
          .hasSize(NONCE_BYTES + Sha256.BYTES);
      silent.add(ends);
    }
    return silent;
  }

  private static void assertAccepted(Ends ends) throws Exception {
    ends.accepted().get(20, TimeUnit.SECONDS);
    assertThat(ends.accepter().isClosed()).isFalse();
  }

  private static void assertRefused(Ends ends, String why) {
    assertThatThrownBy(() -> ends.accepted().get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(IOException.class)
        .hasMessageContaining(why);
  }

  private static byte[] code(byte[] secret, byte[] asker, byte[] accepter) {
    return Sha256.hmac(secret, "asks".getBytes(StandardCharsets.US_ASCII), asker, accepter);
  }

  @Test
  void givenBothEndsWithTheSecret_whenTheyProveIt_thenTheirTimeoutsAreAsBefore() throws Exception {
    Ends ends = connect();

    proof.onConnect(ends.asker());

    assertAccepted(ends);
    assertThat(ends.asker().getSoTimeout()).isZero();
    assertThat(ends.accepter().getSoTimeout()).isZero();
  }

  @Test
  void givenAnotherSecret_whenItAsks_thenBothEndsRefuse() throws Exception {
    Ends ends = connect();
    SecretProof other = new SecretProof("another one".getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> other.onConnect(ends.asker()))
        .hasMessageContaining("does not know the secret");
    ends.asker().close();

    assertRefused(ends, "does not know the secret");
  }

  @Test
  void givenACodeOfAnotherSecret_whenItIsSent_thenItIsRefused() throws Exception {
    Ends ends = connect();
    byte[] mine = new byte[NONCE_BYTES];
    ends.asker().getOutputStream().write(mine);
    byte[] theirs = ends.asker().getInputStream().readNBytes(NONCE_BYTES);

    ends.asker().getOutputStream().write(code(new byte[32], mine, theirs));

    assertRefused(ends, "does not know the secret");
  }

  @Test
  void givenAProofInSingleBytes_whenItIsWholeBeforeTheDeadline_thenItIsAccepted() throws Exception {
    Ends ends = connect();
    ends.asker().setTcpNoDelay(true);
    byte[] mine = new byte[NONCE_BYTES];
    for (byte each : mine) {
      ends.asker().getOutputStream().write(each);
    }
    byte[] theirs = ends.asker().getInputStream().readNBytes(NONCE_BYTES);
    byte[] code = code(SECRET, mine, theirs);
    CompletableFuture<Void> sent = new CompletableFuture<>();
    IntStream.range(0, code.length)
        .forEach(
            i -> clock.schedule(() -> send(ends, code, i, sent), 10L * i, TimeUnit.MILLISECONDS));

    assertAccepted(ends);
    sent.get(20, TimeUnit.SECONDS);
  }

  private static void send(Ends ends, byte[] code, int i, CompletableFuture<Void> sent) {
    try {
      ends.asker().getOutputStream().write(code[i]);
    } catch (IOException e) {
      sent.completeExceptionally(e);
    }
    if (i == code.length - 1) {
      sent.complete(null);
    }
  }

  @Test
  void givenAnEndThatDrips_whenTheDeadlinePasses_thenItIsRefusedAtEitherEnd() throws Exception {
    SecretProof impatient = new SecretProof(SECRET, Duration.ofSeconds(2));
    Ends accepted = connect(impatient, "127.0.0.1");
    drip(accepted.asker());
    SocketChannel asker = SocketChannel.open(server.getLocalAddress());
    Socket stranger = server.accept().socket();
    sockets.add(asker.socket());
    sockets.add(stranger);
    drip(stranger);

    // 64 bytes would take more than a minute.
    assertRefused(accepted, "");
    assertThatThrownBy(() -> impatient.onConnect(asker.socket()))
        .isInstanceOf(SocketTimeoutException.class);
  }

  private void drip(Socket socket) {
    clock.scheduleAtFixedRate(
        () -> {
          try {
            socket.getOutputStream().write(0);
          } catch (IOException e) {
            throw new UncheckedIOException(e); // Ends the schedule.
          }
        },
        0,
        1,
        TimeUnit.SECONDS);
  }

  @Test
  void givenTheMostOfAnAddress_whenAnotherComesFromThere_thenTheOldestOfItIsClosed()
      throws Exception {
    Ends elsewhere = connectSilent("127.0.0.2", 1).getFirst();
    List<Ends> silent = connectSilent("127.0.0.1", SecretProof.MOST_OF_ADDRESS);

    Ends member = connect();
    proof.onConnect(member.asker());

    assertAccepted(member);
    assertRefused(silent.getFirst(), "newer connections");
    assertThat(silent.getFirst().asker().getInputStream().read()).isNegative();
    assertThat(silent.get(1).accepter().isClosed()).isFalse();
    assertThat(elsewhere.accepter().isClosed()).isFalse();
  }

  @Test
  void givenAllPlacesTaken_whenAnotherAddressComes_thenTheAddressWithTheMostLosesOne()
      throws Exception {
    Ends oldest = connectSilent("127.0.0.3", 1).getFirst();
    List<Ends> few = connectSilent("127.0.0.2", SecretProof.MOST - SecretProof.MOST_OF_ADDRESS - 1);
    List<Ends> many = connectSilent("127.0.0.1", SecretProof.MOST_OF_ADDRESS);

    Ends member = connect("127.0.0.4");
    proof.onConnect(member.asker());

    assertAccepted(member);
    assertRefused(many.getFirst(), "newer connections");
    assertThat(oldest.accepter().isClosed()).isFalse();
    assertThat(few.getFirst().accepter().isClosed()).isFalse();
  }

  @Test
  void givenManyMoreSilentOnesThanPlaces_whenAMemberProves_thenOnlyAsManyAsOfAnAddressAreOpen()
      throws Exception {
    List<Ends> silent = connectSilent("127.0.0.1", 4 * SecretProof.MOST);

    Ends member = connect();
    proof.onConnect(member.asker());

    assertAccepted(member);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            silent.stream().filter(ends -> !ends.accepter().isClosed()).count()
                < SecretProof.MOST_OF_ADDRESS);
  }

  @Test
  void givenAClosedConnection_whenItsProofBegins_thenItHasNoPlace() throws Exception {
    Socket never = SocketChannel.open().socket();

    assertThatThrownBy(() -> proof.onAccept(never)).isInstanceOf(SocketException.class);
  }
}
