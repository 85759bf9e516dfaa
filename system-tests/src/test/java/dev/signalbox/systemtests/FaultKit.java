package dev.signalbox.systemtests;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Runs faults in a process of their own. */
final class FaultKit {

  private FaultKit() {}

  /** Runs faults by name; settings for all members may be among them as {@code key=value}. */
  static List<FaultResult> run(List<String> names, long minutes)
      throws IOException, InterruptedException {
    return run(FaultRun.class, names, minutes, new TypeReference<>() {});
  }

  /**
   * Runs the {@code main} of a class in a process of its own.
   *
   * @param main what runs; its first argument is the file for its results as JSON
   * @param more its other arguments
   */
  static <T> T run(Class<?> main, List<String> more, long minutes, TypeReference<T> results)
      throws IOException, InterruptedException {
    Path file = Scratch.directory("faults").resolve("results.json");
    List<String> arguments = new ArrayList<>(List.of(file.toString()));
    arguments.addAll(more);
    OwnProcess.run(main, arguments, minutes);
    if (!Files.exists(file)) {
      throw new AssertionError("the fleet did not start; its logs are in target/scratch");
    }
    return new ObjectMapper().readValue(file.toFile(), results);
  }

  /** All names, or those that contain one of some words in any case. */
  static List<String> names(List<String> words) {
    List<String> all = new ArrayList<>(Faults.all().stream().map(Fault::name).toList());
    all.add(Overload.NAME);
    if (words.isEmpty()) {
      return all;
    }
    return all.stream()
        .filter(name ->
            words.stream()
                .filter(Objects::nonNull)
                .anyMatch(
                    word -> name.toLowerCase(Locale.ROOT).contains(word.toLowerCase(Locale.ROOT))))
        .toList();
  }
}
