package dev.signalbox.file.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.contracts.file.OpenFileRequest;
import dev.signalbox.contracts.file.SendFileReply.Changed;
import dev.signalbox.contracts.file.SendFileReply.Ticket;
import dev.signalbox.contracts.file.SendFileRequest;
import dev.signalbox.file.send.FileSender.Limits;
import dev.signalbox.file.tree.DiskThreads;
import dev.signalbox.file.tree.FileFinder;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.OpenFiles;
import dev.signalbox.platform.service.MemberConnections;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files over connections, to clients of every kind. */
class FileSenderTest {

  private static final int SIZE = 5_000_000;
  private static final Duration IDLE = Duration.ofMillis(200);

  @TempDir Path directory;
  private final byte[] content = new byte[SIZE];
  private Vertx vertx;
  private Context context;
  private DiskThreads disk;
  private FileFinder finder;
  private OpenFiles files;
  private FileSender sender;

  @BeforeEach
  void prepare() throws IOException {
    new Random(5).nextBytes(content);
    Files.write(directory.resolve("a"), content);
    FileRoot root = FileRoot.at(directory);
    files = new OpenFiles(root, 2, FileSenderTest::close);
    finder = new FileFinder(root, files, "node-1", 0, Duration.ofMillis(500));
    vertx = Vertx.vertx();
    context = vertx.getOrCreateContext();
    disk = new DiskThreads(vertx, "disk", 2);
  }

  @AfterEach
  void close() {
    TestNode.await(vertx.close());
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void start(Limits limits) {
    sender =
        onLoop(() ->
            Future.succeededFuture(
                new FileSender(vertx, new Plain(vertx), "127.0.0.1", files, disk, limits)));
    onLoop(() -> sender.listen(0));
  }

  private void start() {
    start(new Limits(4, 4, Duration.ofSeconds(20), IDLE, Duration.ofSeconds(20)));
  }

  /** Connections without keys. */
  private record Plain(Vertx vertx) implements MemberConnections {
    @Override
    public @Nullable String host() {
      return "127.0.0.1";
    }

    @Override
    public NetServer server(NetServerOptions options) {
      return vertx.createNetServer(options);
    }

    @Override
    public NetClient client(NetClientOptions options) {
      return vertx.createNetClient(options);
    }
  }

  private <T> T onLoop(Callable<Future<T>> work) {
    Promise<T> result = Promise.promise();
    context.runOnContext(_ -> {
      try {
        work.call().onComplete(result);
      } catch (Exception e) {
        result.fail(e);
      }
    });
    return TestNode.await(result.future());
  }

  private boolean busy() {
    return onLoop(() -> Future.succeededFuture(sender.busy()));
  }

  private SendFileRequest request(long offset, long length) throws IOException {
    String etag = ((Found) finder.find(new OpenFileRequest("/a", List.of(), null))).file().etag();
    return new SendFileRequest("/a", null, etag, offset, length);
  }

  private Ticket ticket(long offset, long length) throws IOException {
    SendFileRequest request = request(offset, length);
    return (Ticket) onLoop(() -> sender.ticket(request));
  }

  private static Socket connect(Ticket ticket, String line) throws IOException {
    Socket socket = new Socket(InetAddress.getByName(ticket.host()), ticket.port());
    socket.setSoTimeout(15_000);
    socket.getOutputStream().write(line.getBytes(StandardCharsets.ISO_8859_1));
    return socket;
  }

  private static byte[] get(Ticket ticket, String line) throws IOException {
    try (Socket socket = connect(ticket, line)) {
      return socket.getInputStream().readAllBytes();
    } catch (SocketException reset) {
      return new byte[0];
    }
  }

  private static byte[] get(Ticket ticket) throws IOException {
    return get(ticket, ticket.ticket() + "\n");
  }

  private void assertNothingIsOpen() {
    await().until(() -> !busy());
  }

  @Test
  void givenATicket_whenShown_thenTheFileComesAndIsClosed() throws IOException {
    start();

    assertThat(get(ticket(0, SIZE))).isEqualTo(content);
    assertNothingIsOpen();
  }

  @ParameterizedTest
  @CsvSource({"0,1", "4999999,1", "1000001,524288", "17,1048577"})
  void givenARange_whenItsTicketIsShown_thenExactlyItComes(int offset, int length)
      throws IOException {
    start();

    assertThat(get(ticket(offset, length)))
        .isEqualTo(Arrays.copyOfRange(content, offset, offset + length));
  }

  @ParameterizedTest
  @CsvSource({"-1,10", "0,0", "0,-1", "0,5000001", "5000000,1", "1,9223372036854775807"})
  void givenAnImpossibleRange_whenATicketIsAskedFor_thenItIsRefusedAndNothingIsOpen(
      long offset, long length) {
    start();

    assertThatThrownBy(() -> ticket(offset, length)).isInstanceOf(ServiceException.class);
    assertNothingIsOpen();
  }

  @Test
  void givenATicket_whenTheFileIsReplaced_thenTheVersionAskedForComes() throws IOException {
    start();
    Ticket ticket = ticket(0, SIZE);
    Files.writeString(directory.resolve("b"), "another");
    Files.move(directory.resolve("b"), directory.resolve("a"), StandardCopyOption.REPLACE_EXISTING);

    assertThat(get(ticket)).isEqualTo(content);
  }

  @Test
  void givenAnotherVersion_whenATicketIsAskedFor_thenThatIsSaid() throws IOException {
    start();
    SendFileRequest request = request(0, 10);
    Files.writeString(directory.resolve("a"), "another one");

    assertThat(onLoop(() -> sender.ticket(request))).isEqualTo(new Changed());
    assertNothingIsOpen();
  }

  @Test
  void givenAUsedTicket_whenShownAgain_thenNothingComes() throws IOException {
    start();
    Ticket ticket = ticket(0, SIZE);
    get(ticket);

    assertThat(get(ticket)).isEmpty();
  }

  @Test
  void givenAnExpiredTicket_whenShown_thenNothingComesAndItsFileIsClosed() throws IOException {
    start(new Limits(4, 4, Duration.ofMillis(50), IDLE, Duration.ofSeconds(20)));
    Ticket ticket = ticket(0, SIZE);
    assertNothingIsOpen();

    assertThat(get(ticket)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000000000000000000000000000000\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"
      })
  void givenGarbage_whenShown_thenTheConnectionEndsAndTheTicketIsStillGood(String garbage)
      throws IOException {
    start();
    Ticket ticket = ticket(0, SIZE);

    assertThat(get(ticket, garbage)).isEmpty();
    assertThat(get(ticket)).isEqualTo(content);
  }

  @Test
  void givenAConnectionThatCarriedAFile_whenAnotherTicketIsShown_thenItCarriesThatTooAndNoMore()
      throws IOException {
    start(new Limits(4, 4, Duration.ofSeconds(20), Duration.ofSeconds(5), Duration.ofSeconds(20)));
    Ticket first = ticket(0, SIZE);
    try (Socket socket = connect(first, first.ticket() + "\n")) {
      assertThat(socket.getInputStream().readNBytes(SIZE)).isEqualTo(content);
      for (int i = 0; i < 20; i++) {
        int offset = i * 1_000;
        Ticket next = ticket(offset, 700_000);

        socket.getOutputStream().write((next.ticket() + "\n").getBytes(StandardCharsets.US_ASCII));

        assertThat(socket.getInputStream().readNBytes(700_000))
            .isEqualTo(Arrays.copyOfRange(content, offset, offset + 700_000));
      }
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    assertNothingIsOpen();
  }

  @Test
  void givenATicketBeforeTheFileOfTheOneBeforeHasCome_whenShown_thenBothComeInOrder()
      throws IOException {
    start();
    Ticket first = ticket(0, SIZE);
    Ticket second = ticket(1, SIZE - 1);
    try (Socket socket = connect(first, first.ticket() + "\n")) {
      assertThat(socket.getInputStream().readNBytes(1_000)).hasSize(1_000);

      socket.getOutputStream().write((second.ticket() + "\n").getBytes(StandardCharsets.US_ASCII));

      assertThat(socket.getInputStream().readNBytes(SIZE - 1_000))
          .isEqualTo(Arrays.copyOfRange(content, 1_000, SIZE));
      assertThat(socket.getInputStream().readNBytes(SIZE - 1))
          .isEqualTo(Arrays.copyOfRange(content, 1, SIZE));
    }
    assertNothingIsOpen();
  }

  @Test
  void givenAUsedTicketOnAConnectionThatCarriedAFile_whenShown_thenItEnds() throws IOException {
    start();
    Ticket ticket = ticket(0, SIZE);
    try (Socket socket = connect(ticket, ticket.ticket() + "\n")) {
      assertThat(socket.getInputStream().readNBytes(SIZE)).isEqualTo(content);

      socket.getOutputStream().write((ticket.ticket() + "\n").getBytes(StandardCharsets.US_ASCII));

      assertThat(socket.getInputStream().readAllBytes()).isEmpty();
    }
  }

  @Test
  void givenIdleConnectionsAsManyAsAllowed_whenAnotherComes_thenTheLongestIdleEndsForIt()
      throws IOException {
    start(new Limits(4, 4, Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(20)));
    Ticket used = ticket(0, 1_000);
    try (Socket idle = connect(used, used.ticket() + "\n")) {
      assertThat(idle.getInputStream().readNBytes(1_000)).hasSize(1_000);
      Ticket ticket = ticket(0, 1_000);
      try (Socket first = connect(ticket, "");
          Socket second = connect(ticket, "");
          Socket third = connect(ticket, "");
          Socket last = connect(ticket, ticket.ticket() + "\n")) {
        assertThat(List.of(first, second, third)).allMatch(Socket::isConnected);

        assertThat(last.getInputStream().readNBytes(1_000)).hasSize(1_000);
        assertThat(idle.getInputStream().readAllBytes()).isEmpty();
      }
    }
  }

  @Test
  void givenATicketWithMoreBehindIt_whenShown_thenNothingComes() throws IOException {
    start();
    Ticket ticket = ticket(0, SIZE);

    assertThat(get(ticket, ticket.ticket() + "\nmore")).isEmpty();
  }

  @Test
  void givenAConnectionThatSaysNothing_whenTheTimeIsUp_thenItEnds() throws IOException {
    start(new Limits(4, 4, Duration.ofMillis(100), IDLE, Duration.ofSeconds(20)));
    Ticket ticket = ticket(0, SIZE);

    assertThat(get(ticket, "0")).isEmpty();
  }

  @Test
  void givenAsManyFilesAsAllowed_whenAnotherIsAskedFor_thenItIsRefused() throws IOException {
    start();
    for (int i = 0; i < 4; i++) {
      ticket(0, SIZE);
    }

    assertThatThrownBy(() -> ticket(0, SIZE))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED));
  }

  @Test
  void givenAsManyConnectionsAsAllowed_whenAnotherComes_thenItEnds() throws IOException {
    start();
    Ticket ticket = ticket(0, SIZE);
    try (Socket first = connect(ticket, "");
        Socket second = connect(ticket, "");
        Socket third = connect(ticket, "");
        Socket fourth = connect(ticket, "")) {
      assertThat(List.of(first, second, third, fourth)).allMatch(Socket::isConnected);

      assertThat(get(ticket)).isEmpty();
    }
    await().untilAsserted(() -> assertThat(get(ticket)).isEqualTo(content));
  }

  @Test
  void givenAClientThatLeaves_whenGone_thenItsFileIsClosed() throws IOException {
    start();
    Ticket ticket = ticket(0, SIZE);
    try (Socket socket = connect(ticket, ticket.ticket() + "\n")) {
      assertThat(socket.getInputStream().readNBytes(1_000)).hasSize(1_000);
    }

    assertNothingIsOpen();
  }

  @Test
  void givenAClientThatTakesNothing_whenTheTimeIsUp_thenItsFileIsClosed() throws IOException {
    growTo(1L << 30);
    start(new Limits(4, 4, Duration.ofSeconds(20), IDLE, Duration.ofSeconds(1)));
    Ticket ticket = ticket(0, 1L << 30);
    try (Socket socket = connect(ticket, ticket.ticket() + "\n")) {
      assertNothingIsOpen();
      assertThat(socket.isClosed()).isFalse();
    }
  }

  private void growTo(long bytes) throws IOException {
    try (var file = new java.io.RandomAccessFile(directory.resolve("a").toFile(), "rw")) {
      file.setLength(bytes);
    }
  }

  @Test
  void givenAFileCutShortMeanwhile_whenSent_thenTheConnectionEndsEarlyAndItsFileIsClosed()
      throws IOException {
    start();
    Ticket ticket = ticket(0, SIZE);
    growTo(2_000_000);

    assertThat(get(ticket)).hasSizeLessThanOrEqualTo(2_000_000);
    assertNothingIsOpen();
  }

  @Test
  void givenTicketsAndSends_whenClosed_thenEveryFileIsClosed() throws IOException {
    growTo(1L << 30);
    start();
    ticket(0, SIZE);
    Ticket ticket = ticket(0, 1L << 30);
    try (Socket socket = connect(ticket, ticket.ticket() + "\n")) {
      assertThat(socket.getInputStream().readNBytes(1_000)).hasSize(1_000);

      onLoop(() -> sender.close());

      assertThat(busy()).isFalse();
    }
  }

  /** They leave before, while and after they get it, by a reset, an end, or too many words. */
  @Test
  void givenClientsThatLeaveAtAnyMoment_whenGone_thenNoneIsRememberedAndOthersAreServed()
      throws IOException {
    start(new Limits(4, 4, Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(20)));
    Random random = new Random(6);
    for (int i = 0; i < 60; i++) {
      int length = 1 + random.nextInt(1_500_000);
      Ticket ticket = ticket(0, length);
      try (Socket socket = connect(ticket, ticket.ticket() + "\n")) {
        int taken = random.nextInt(3) == 0 ? length : random.nextInt(length);
        assertThat(socket.getInputStream().readNBytes(taken)).hasSize(taken);
        switch (random.nextInt(3)) {
          case 0 -> socket.setSoLinger(true, 0);
          case 1 -> socket.getOutputStream().write(new byte[100]);
          default -> {
            // It just closes.
          }
        }
      }
      assertNothingIsOpen();
    }

    await()
        .untilAsserted(() -> {
          assertThat(onLoop(() -> Future.succeededFuture(sender.connections()))).isZero();
          assertThat(onLoop(() -> Future.succeededFuture(sender.idle()))).isZero();
        });
    Ticket ticket = ticket(0, SIZE);
    try (Socket socket = connect(ticket, ticket.ticket() + "\n")) {
      assertThat(socket.getInputStream().readNBytes(SIZE)).isEqualTo(content);
    }
  }
}
