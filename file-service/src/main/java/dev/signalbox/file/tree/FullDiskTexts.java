package dev.signalbox.file.tree;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The texts by which the system says that a disk or a quota of it is full. Java reports an error of
 * the system by its text alone, which is in the language of the process; the same process asks the
 * C library for the same text.
 */
final class FullDiskTexts {

  private static final Logger LOG = LoggerFactory.getLogger(FullDiskTexts.class);

  private static final int ENOSPC = 28;
  private static final int EDQUOT_LINUX = 122;
  private static final int EDQUOT_MACOS = 69;
  private static final int MAX_TEXT_BYTES = 1_024;

  private static final Set<String> ALL = all();

  private FullDiskTexts() {}

  /** Whether the message of an exception has one of them. */
  static boolean in(String message) {
    return ALL.stream().anyMatch(message::contains);
  }

  private static Set<String> all() {
    Set<String> texts = new LinkedHashSet<>();
    texts.add("No space left on device");
    texts.add("Disk quota exceeded");
    texts.add("not enough space on the disk");
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    try {
      if (system.contains("linux")) {
        texts.add(text(ENOSPC));
        texts.add(text(EDQUOT_LINUX));
      } else if (system.contains("mac")) {
        texts.add(text(ENOSPC));
        texts.add(text(EDQUOT_MACOS));
      }
    } catch (RuntimeException | LinkageError e) {
      // Without native access the English texts remain; another one is an outage of the disk.
      LOG.debug("the texts of a full disk are known in English only: {}", e.toString());
    }
    texts.remove("");
    return Set.copyOf(texts);
  }

  /** The text of an error in the language of the process, decoded as Java decodes it. */
  @SuppressWarnings("restricted") // the C library is asked for a text, within its bounds
  static String text(int error) {
    Linker linker = Linker.nativeLinker();
    MethodHandle strerror =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("strerror"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    MemorySegment text;
    try {
      text = (MemorySegment) strerror.invokeExact(error);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    byte[] bytes =
        text.reinterpret(MAX_TEXT_BYTES)
            .getString(0, StandardCharsets.ISO_8859_1)
            .getBytes(StandardCharsets.ISO_8859_1);
    return new String(bytes, Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
  }
}
