package dev.signalbox.systemtests;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The tour of each shape of the system. */
@ParameterizedClass
@EnumSource
class ApiTourIT extends ApiTour {

  ApiTourIT(Shape shape) {
    super(shape.shared());
  }
}
