package dev.signalbox.platform.bus;

import dev.signalbox.contracts.Operation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many processes serve any of some operations. Counted anew only when members come, go or serve
 * something else, so that it may be asked for each packet. Any thread may use it.
 */
final class Sharers implements IntSupplier {

  private record Count(Map<String, List<String>> serving, int processes) {}

  private final Members members;
  private final List<String> addresses;
  private volatile @Nullable Count last;

  Sharers(Members members, Operation<?, ?>... operations) {
    this.members = members;
    this.addresses = Arrays.stream(operations).map(Operation::address).toList();
  }

  @SuppressWarnings("ReferenceEquality") // Members makes a map for each change.
  @Override
  public int getAsInt() {
    Map<String, List<String>> serving = members.serving();
    Count known = last;
    if (known != null && known.serving == serving) {
      return known.processes;
    }
    long processes =
        addresses.stream()
            .map(serving::get)
            .filter(Objects::nonNull)
            .flatMap(List::stream)
            .distinct()
            .count();
    Count now = new Count(serving, (int) Math.max(1, processes));
    last = now;
    return now.processes;
  }
}
