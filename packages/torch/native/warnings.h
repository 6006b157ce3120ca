// What libtorch warns of, told to JavaScript (warnings.cpp).
#pragma once

#include <c10/util/Exception.h>
#include <node_api.h>

#include <string>

#include "version.h"

namespace pinmem {

class Warnings final : public c10::WarningHandler {
 public:
  Warnings(napi_env env, napi_ref callback);
  ~Warnings() override;
#if PINMEM_TORCH_AT_LEAST(2, 0)
  void process(const c10::Warning& warning) override;
#else
  void process(const c10::SourceLocation& source, const std::string& message, bool verbatim) override;
#endif

 private:
  void tell(const std::string& message);

  napi_env env_;
  napi_ref callback_;
};

}  // namespace pinmem
