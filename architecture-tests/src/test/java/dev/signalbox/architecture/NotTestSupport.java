package dev.signalbox.architecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;

/** Leaves the fakes and fixtures out: the rules are about what is shipped. */
final class NotTestSupport implements ImportOption {

  @Override
  public boolean includes(Location location) {
    return !location.contains("test-support") && !location.contains("architecture-tests");
  }
}
