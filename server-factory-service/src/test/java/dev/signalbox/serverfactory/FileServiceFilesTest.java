package dev.signalbox.serverfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.OpenFileReply;
import dev.signalbox.contracts.file.ReadFileReply;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.limit.MemoryBudget;
import dev.signalbox.platform.limit.UnreadBodies;
import dev.signalbox.serverfactory.serving.FileSource.Content;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files over the bus, from operations that reply as those of file-service do. */
@ExtendWith(VertxExtension.class)
class FileServiceFilesTest {

  private static final int MAX = 1_000_000;

  private static final UnreadBodies MEMORY = new UnreadBodies(new MemoryBudget(10 * MAX));

  private static OpenFileReply found(byte[] bytes, @Nullable Binary content) {
    FileInfo info = new FileInfo("/a", bytes.length, 0, "\"tag\"", "text/x-a", null);
    return new OpenFileReply.Found(info, "n1", null, content, 0);
  }

  private static Content read(Vertx vertx, OpenFileReply opened, byte[] bytes, long changedFrom) {
    Bus bus = Bus.on(vertx);
    TestNode.await(bus.serve(FileContract.OPEN, (_, _) -> Future.succeededFuture(opened)));
    TestNode.await(
        bus.serve(
            FileContract.READ.at("n1"),
            (read, _) ->
                Future.succeededFuture(
                    read.offset() >= changedFrom
                        ? new ReadFileReply.Changed()
                        : chunk(bytes, (int) read.offset(), read.length()))));
    return TestNode.await(
        new FileServiceFiles(bus, MAX).read("/a", MEMORY.share(Runnable::run, () -> {})));
  }

  private static ReadFileReply chunk(byte[] bytes, int offset, int length) {
    return new ReadFileReply.Chunk(new Binary(Arrays.copyOfRange(bytes, offset, offset + length)));
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 262_144, 262_145, MAX})
  void givenAFileThatStaysOpen_whenItIsRead_thenAllPiecesCome(int size, Vertx vertx) {
    byte[] bytes = bytes(size);

    Content content = read(vertx, found(bytes, null), bytes, Long.MAX_VALUE);

    assertThat(content.bytes().getBytes()).isEqualTo(bytes);
    assertThat(content.mediaType()).isEqualTo("text/x-a");
  }

  @Test
  void givenASmallFile_whenItIsOpened_thenNothingMoreIsRead(Vertx vertx) {
    byte[] bytes = bytes(10);

    assertThat(read(vertx, found(bytes, new Binary(bytes)), bytes, 0).bytes().getBytes())
        .isEqualTo(bytes);
  }

  @Test
  void givenAFileBeyondTheLimit_whenItIsOpened_thenItIsTooLarge(Vertx vertx) {
    byte[] bytes = bytes(MAX + 1);

    assertFails(ErrorCode.TOO_LARGE, () -> read(vertx, found(bytes, null), bytes, MAX));
  }

  @Test
  void givenAFileThatChanges_whenItIsRead_thenItIsUnavailable(Vertx vertx) {
    byte[] bytes = bytes(600_000);

    assertFails(ErrorCode.UNAVAILABLE, () -> read(vertx, found(bytes, null), bytes, 500_000));
  }

  @Test
  void givenNoSuchFile_whenItIsOpened_thenItIsNotFound(Vertx vertx) {
    assertFails(ErrorCode.NOT_FOUND, () -> read(vertx, new OpenFileReply.Missing(), bytes(0), 0));
  }

  @Test
  void givenAFileThatIsNotShown_whenItIsOpened_thenItIsNotFound(Vertx vertx) {
    assertFails(
        ErrorCode.NOT_FOUND, () -> read(vertx, new OpenFileReply.Forbidden("x"), bytes(0), 0));
  }

  private static void assertFails(ErrorCode code, ThrowingCallable work) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
