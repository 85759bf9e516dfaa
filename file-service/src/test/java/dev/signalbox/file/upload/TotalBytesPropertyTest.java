package dev.signalbox.file.upload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.AppendUploadRequest;
import dev.signalbox.contracts.file.BeginUploadReply.Begun;
import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.BeginUploadRequest.Kind;
import dev.signalbox.contracts.file.CreateResumableReply.Created;
import dev.signalbox.contracts.file.CreateResumableRequest;
import dev.signalbox.contracts.file.DeleteFileRequest;
import dev.signalbox.contracts.file.FinishUploadRequest;
import dev.signalbox.contracts.file.MoveFileRequest;
import dev.signalbox.contracts.file.ResumeUploadReply.Resumed;
import dev.signalbox.contracts.file.ResumeUploadRequest;
import dev.signalbox.file.tree.FileRemoval;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.RootDirectory;
import dev.signalbox.file.tree.TotalBytes;
import dev.signalbox.testsupport.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random changes at once: the quota and what may go over it hold at every moment, and what is
 * counted at the end is what a walk finds.
 */
class TotalBytesPropertyTest {

  private static final int MAX = 1_000;
  private static final int LONGEST = 300;
  private static final int ACTORS = 8;
  private static final int CHANGES = 40;
  private static final List<String> PATHS = List.of("/a", "/b", "/c", "/d/e", "/d/f", "/g/h/i");

  private static final String OWN = AbandonedUploads.prefix("process");

  /** What a change may fail with: others are at work on the same files. */
  private static final Set<ErrorCode> EXPECTED =
      EnumSet.of(
          ErrorCode.INSUFFICIENT_STORAGE,
          ErrorCode.CONFLICT,
          ErrorCode.NOT_FOUND,
          ErrorCode.TOO_LARGE,
          ErrorCode.LIMIT_REACHED);

  private final UploadLimits limits =
      new UploadLimits(200, LONGEST, Duration.ofSeconds(60), 20, 100, Duration.ofDays(1));
  private final ReadWriteLock steps = new ReentrantReadWriteLock(true);
  private final Queue<String> resumable = new ConcurrentLinkedQueue<>();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger lending = new AtomicInteger();
  @TempDir Path directory;
  private FileRoot root;
  private int entryBytes;
  private TotalBytes total;
  private Uploads uploads;
  private ResumableUploads resumables;
  private FileRemoval removal;
  private FileMoves moves;

  private void open(int entryBytes) throws IOException {
    this.entryBytes = entryBytes;
    root = RootDirectory.prepare(directory.resolve("root"));
    total = new TotalBytes(root, MAX, LONGEST + entryBytes, entryBytes, OWN);
    CountedUploads counted = CountedUploads.of(root, total, limits);
    uploads = counted.uploads();
    resumables = counted.resumables();
    removal = counted.removal();
    moves = counted.moves();
  }

  /**
   * What is on the disk, hidden files too; those of two names once. Uploads that wait for their
   * first byte do not count.
   */
  private long onDisk() throws IOException {
    Map<Object, Long> sizes = new HashMap<>();
    for (Path file : FileTree.files(root.real())) {
      String name = file.getFileName().toString();
      if (!name.endsWith(".json") && !name.equals(".signalbox-lock")) {
        try {
          BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
          if (attributes.size() > 0 || !name.startsWith(OWN)) {
            sizes.put(attributes.fileKey(), entryBytes + attributes.size());
          }
        } catch (NoSuchFileException _) {
          // gone meanwhile
        }
      }
    }
    long directories =
        FileTree.directories(root.real()).stream()
            .filter(made -> !made.endsWith(TotalBytes.RESUMABLE))
            .count();
    return directories * entryBytes + sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "3, 0", "4, 1", "5, 20", "6, 40", "7, 40", "8, 40"})
  void givenRandomChangesAtOnce_whenTheDiskIsLookedAt_thenTheQuotaHolds(int seed, int entryBytes)
      throws Exception {
    open(entryBytes);
    AtomicBoolean over = new AtomicBoolean();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      Future<?> samples = threads.submit(repeated(over, this::sample));
      Future<?> walks = threads.submit(repeated(over, () -> total.count(() -> false)));
      List<Callable<Object>> actors =
          IntStream.range(0, ACTORS)
              .<Callable<Object>>mapToObj(i -> () -> act(new Random(seed * 100L + i)))
              .toList();
      try {
        for (Future<Object> actor : threads.invokeAll(actors)) {
          actor.get();
        }
      } finally {
        over.set(true);
      }
      samples.get();
      walks.get();
    }
    uploads.abortAll();
    for (String id : resumable) {
      try {
        resumables.terminate(id);
      } catch (ServiceException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
      }
    }

    assertThat(total.lent()).isZero();
    assertThat(total.used()).isEqualTo(onDisk()).isLessThanOrEqualTo(MAX);
    total.count(() -> false);
    assertThat(total.used()).isEqualTo(onDisk());
    assertThat(refused).as("refused").hasPositiveValue();
    assertThat(lending).as("samples with loans").hasPositiveValue();
  }

  /** Something that is done again and again. */
  private interface Work {
    void run() throws IOException;
  }

  private static Callable<Object> repeated(AtomicBoolean over, Work work) {
    return () -> {
      while (!over.get()) {
        work.run();
      }
      return over;
    };
  }

  /** Looks between steps, as a walk sees a file twice that is moved meanwhile. */
  private void sample() throws IOException {
    steps.writeLock().lock();
    try {
      long used = total.used();
      assertThat(onDisk()).isLessThanOrEqualTo(used);
      assertThat(used).isLessThanOrEqualTo(MAX + total.lent());
      assertThat(total.lent()).isLessThanOrEqualTo(LONGEST + entryBytes);
      if (total.lent() > 0) {
        lending.incrementAndGet();
      }
    } finally {
      steps.writeLock().unlock();
    }
  }

  /** One step of a change, which others may come between. */
  private <T> T step(Callable<T> step) throws Exception {
    steps.readLock().lock();
    try {
      return step.call();
    } finally {
      steps.readLock().unlock();
    }
  }

  private Object act(Random random) throws Exception {
    for (int i = 0; i < CHANGES; i++) {
      String path = PATHS.get(random.nextInt(PATHS.size()));
      String other = PATHS.get(random.nextInt(PATHS.size()));
      int size = random.nextInt(5) == 0 ? 0 : 1 + random.nextInt(LONGEST);
      try {
        switch (random.nextInt(8)) {
          case 0, 1 -> put(random, path, size, size);
          case 2 -> put(random, path, size, -1);
          case 3 -> copy(random, path, other);
          case 4 -> step(() -> moves.move(new MoveFileRequest(path, other, true, null, null)));
          case 5 -> step(() -> removal.delete(new DeleteFileRequest(path, null)));
          case 6 -> resumable(random, path, size);
          default -> concatenated(random, path, size / 3 + 1);
        }
      } catch (ServiceException e) {
        assertThat(e.code()).as(e.getMessage()).isIn(EXPECTED);
        if (e.code() == ErrorCode.INSUFFICIENT_STORAGE) {
          refused.incrementAndGet();
        }
      }
    }
    return random;
  }

  private void append(Random random, String id, long from, long to) throws Exception {
    for (long at = from; at < to; ) {
      long offset = at;
      int length = 1 + random.nextInt((int) (to - at));
      Binary piece = new Binary("x".repeat(length).getBytes(UTF_8));
      step(() -> {
        uploads.append(new AppendUploadRequest(id, offset, piece));
        return id;
      });
      at += length;
    }
  }

  private void abort(String id) throws Exception {
    step(() -> {
      uploads.abort(id);
      return id;
    });
  }

  private void put(Random random, String path, int size, long declared) throws Exception {
    BeginUploadRequest request = new BeginUploadRequest(path, Kind.BYTES, declared, null, null);
    String id = ((Begun) step(() -> uploads.begin(request))).uploadId();
    try {
      append(random, id, 0, random.nextInt(5) == 0 ? size / 2 : size);
      step(() -> uploads.finish(new FinishUploadRequest(id, size)));
    } finally {
      abort(id);
    }
  }

  private void copy(Random random, String from, String to) throws Exception {
    MoveFileRequest request = new MoveFileRequest(from, to, true, null, null);
    if (step(() -> uploads.beginCopy(request)) instanceof Uploads.Copying(String id, long size)) {
      try {
        step(() -> uploads.copySlice(id));
        if (random.nextInt(5) > 0) {
          step(() -> uploads.finish(new FinishUploadRequest(id, size)));
        }
      } finally {
        abort(id);
      }
    }
  }

  private @Nullable String create(
      String path, long length, @Nullable String concat, List<String> parts) throws Exception {
    CreateResumableRequest request =
        new CreateResumableRequest(path, length, null, concat, parts, null, null);
    if (step(() -> resumables.create(request)) instanceof Created(var upload)) {
      resumable.add(upload.id());
      return upload.id();
    }
    return null;
  }

  /** One call on a resumable upload; what it appends may have a checksum that is wrong. */
  private void patch(Random random, String id, long from, long to, boolean wrong) throws Exception {
    var resumed = step(() -> uploads.resume(new ResumeUploadRequest(id, from, -1, wrong)));
    if (resumed instanceof Resumed call) {
      try {
        append(random, call.uploadId(), from, to);
        if (!wrong) {
          step(() -> uploads.finish(new FinishUploadRequest(call.uploadId(), to)));
        }
      } finally {
        abort(call.uploadId());
      }
    }
  }

  private void resumable(Random random, String path, int size) throws Exception {
    String id = create(path, random.nextBoolean() ? size : -1, null, List.of());
    if (id == null) {
      return;
    }
    patch(random, id, 0, size / 2, false);
    if (random.nextInt(3) == 0) {
      patch(random, id, size / 2, size, true);
    }
    switch (random.nextInt(4)) {
      case 0 -> step(() -> resumables.terminate(id));
      case 1 -> step(() -> resumables.status(id));
      default -> patch(random, id, size / 2, size, false);
    }
  }

  private void concatenated(Random random, String path, int size) throws Exception {
    String part = create(path, size, "partial", List.of());
    if (part == null) {
      return;
    }
    try {
      patch(random, part, 0, size, false);
      create(path, -1, "final;x", List.of(part, part));
    } finally {
      step(() -> resumables.terminate(part));
    }
  }
}
