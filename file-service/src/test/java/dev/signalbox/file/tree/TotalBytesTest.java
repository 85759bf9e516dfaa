package dev.signalbox.file.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.file.tree.TotalBytes.Change;
import dev.signalbox.file.tree.TotalBytes.Loan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TotalBytesTest {

  private static final TreePath OLD = new TreePath(List.of("old"), false);

  @TempDir Path directory;
  private FileRoot root;
  private TotalBytes total;

  @BeforeEach
  void open() throws IOException {
    root = FileRoot.at(directory);
    write("old", 60);
    total = new TotalBytes(root, 100, 1_000, 0, ".upload-me-");
  }

  private void write(String path, int bytes) throws IOException {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[bytes]);
  }

  private void count() throws IOException {
    total.count(() -> false);
  }

  private static void assertFault(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ServiceException.class, fault -> assertThat(fault.code()).isEqualTo(code))
        .hasMessageContaining("file.max-total-bytes");
  }

  @Test
  void givenFilesOfEveryKind_whenCounted_thenThoseThatCountAreTheSum() throws IOException {
    write("a/b/deep", 1);
    write("a/.hidden", 2);
    write(".upload-other-1", 4);
    write(".resumable/0123", 8);
    write(".resumable/0123.json", 1_000);
    write("a/.upload-me-2", 1_000);
    Files.createSymbolicLink(directory.resolve("link"), directory.resolve("old"));

    count();

    assertThat(total.used()).isEqualTo(60 + 1 + 2 + 4 + 8);
  }

  @Test
  void givenEntriesOfEveryKind_whenCounted_thenEachOfThoseThatCountTakesABlock()
      throws IOException {
    total = new TotalBytes(root, 100, 1_000, TotalBytes.ENTRY_BYTES, ".upload-me-");
    write("a/b/empty", 0);
    write("a/.hidden", 2);
    write(".upload-other-1", 0);
    write(".resumable/0123", 0);
    write(".resumable/0123.json", 1_000);
    write("a/.upload-me-2", 1_000);
    write(".signalbox-lock", 0);
    write("a/.signalbox-lock", 0);
    Files.createDirectory(directory.resolve("nothing"));
    Files.createSymbolicLink(directory.resolve("link"), directory.resolve("old"));

    count();

    // old, a, b, empty, .hidden, .upload-other-1, 0123, a/.signalbox-lock, nothing, link
    assertThat(total.used()).isEqualTo(60 + 2 + 10L * TotalBytes.ENTRY_BYTES);
  }

  @Test
  void givenDirectoriesOnly_whenTheWalkIsStopped_thenItEnds() throws IOException {
    for (int i = 0; i < 10; i++) {
      Files.createDirectory(directory.resolve("d" + i));
    }
    Files.delete(directory.resolve("old"));
    AtomicInteger asked = new AtomicInteger();

    total.count(() -> asked.incrementAndGet() == 3);

    assertThat(asked).hasValue(3);
  }

  @Test
  void givenFilesNotCountedYet_whenReserved_thenTheCallerMayRetry() {
    assertFault(ErrorCode.OVERLOADED, () -> total.reserve(1, new Loan(null)));
  }

  @Test
  void givenNoLimit_whenUsed_thenNothingIsCountedOrRefused() throws IOException {
    TotalBytes unlimited = new TotalBytes(root, 0, 0, 0, "");

    unlimited.reserve(Long.MAX_VALUE, new Loan(OLD));
    unlimited.add(Long.MAX_VALUE, new Loan(OLD));
    try (Change _ = unlimited.changing(5)) {
      unlimited.placed(3, 4, 5, new Loan(null));
    }

    assertThat(unlimited.used()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"40, true", "41, false", "9223372036854775807, false"})
  void givenRoomForForty_whenReserved_thenNoMoreThanThat(long bytes, boolean fits)
      throws IOException {
    count();

    if (fits) {
      total.reserve(bytes, new Loan(null));
    } else {
      assertFault(ErrorCode.INSUFFICIENT_STORAGE, () -> total.reserve(bytes, new Loan(null)));
    }

    assertThat(total.used()).isEqualTo(fits ? 60 + bytes : 60);
  }

  @Test
  void givenReservedBytes_whenGivenBack_thenOthersHaveTheRoom() throws IOException {
    count();
    total.reserve(40, new Loan(null));
    assertFault(ErrorCode.INSUFFICIENT_STORAGE, () -> total.add(1, new Loan(null)));

    total.release(40, new Loan(null));

    assertThatCode(() -> total.add(40, new Loan(null))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({"0, 60, true", "0, 100, true", "0, 101, false", "100, 60, true", "100, 61, false"})
  void givenAFileThatIsReplaced_whenReserved_thenWhatIsGoneAfterwardsIsRoom(
      int besides, long bytes, boolean fits) throws IOException {
    write("besides", besides);
    count();

    if (fits) {
      total.reserve(bytes, new Loan(OLD));
    } else {
      assertFault(ErrorCode.INSUFFICIENT_STORAGE, () -> total.reserve(bytes, new Loan(OLD)));
    }
  }

  @Test
  void givenFilesMadeAndRemovedBehindOurBack_whenCountedAgain_thenTheyCount() throws IOException {
    count();
    write("new", 30);
    assertThat(total.used()).isEqualTo(60);

    count();
    assertThat(total.used()).isEqualTo(90);

    Files.delete(directory.resolve("old"));
    count();
    assertThat(total.used()).isEqualTo(30);
  }

  @Test
  void givenAFilePlacedWhileCounting_whenCounted_thenTheSumIsExact() throws IOException {
    count();
    total.reserve(20, new Loan(null));
    AtomicBoolean once = new AtomicBoolean();

    total.count(() -> {
      if (once.compareAndSet(false, true)) {
        try (Change _ = total.changing(20)) {
          write("zzz", 20);
          total.placed(20, 20, 0, new Loan(null));
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
      return false;
    });

    assertThat(total.used()).isEqualTo(80);
  }

  @Test
  void givenAChangeThatSpansTheWholeWalk_whenCounted_thenTheSumIsExact() throws IOException {
    count();
    total.reserve(20, new Loan(null));
    try (Change _ = total.changing(20)) {
      write("new", 20);
      count();
      total.placed(20, 20, 0, new Loan(null));
    }

    assertThat(total.used()).isEqualTo(80);
  }

  @Test
  void givenAWalkThatIsStopped_whenItEnds_thenNothingIsTakenFromIt() throws IOException {
    count();
    write("new", 30);

    total.count(() -> true);

    assertThat(total.used()).isEqualTo(60);
  }
}
