# Everything a user does with Reprise. `make` alone lists the targets; ARGS passes flags, as in
# `make reproduce ARGS="--force --why"`.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c

TSX := node --import tsx
UVU := $(TSX) node_modules/uvu/bin.js
BIOME := .tools/node_modules/.bin/biome
BIOME_VERSION := 2.6.8
ASC := .tools/assemblyscript/node_modules/assemblyscript/bin/asc.js
ASC_VERSION := 0.28.20
# Fewer tests than this means that a test file was not found or did not run.
MIN_TESTS := 150

.PHONY: help install reproduce train test check wasm golden report artifact bench clean

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

PACKAGES := node_modules/.package-lock.json

install: $(PACKAGES) $(BIOME) $(ASC) ## install everything, linter and kernel compiler too (the other targets install what they need)

$(PACKAGES): package.json package-lock.json
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); if (a < 20 || (a === 20 && b < 19)) { console.error("Reprise needs Node.js 20.19 or later, this is " + process.version); process.exit(2) }'
	npm ci --no-fund --no-audit --loglevel=error
	@touch $@

# A linter's binary for another platform would break `npm ci`, so it is kept apart.
$(BIOME): Makefile
	npm install --prefix .tools --no-save --no-package-lock --no-fund --no-audit --loglevel=error @biomejs/biome@$(BIOME_VERSION)
	@touch $@

# Apart from the linter, since an installation drops what it does not know.
$(ASC): Makefile
	npm install --prefix .tools/assemblyscript --no-save --no-package-lock --no-fund --no-audit --loglevel=error assemblyscript@$(ASC_VERSION)
	@touch $@

reproduce: $(PACKAGES) ## run every experiment, check goldens, score the claims, write the report
	@$(TSX) scripts/reproduce.ts $(ARGS)

test: $(PACKAGES) ## run the tests; at least 90 % of the lines of lib must be covered
	@mkdir -p out && rm -f out/test.log
	@node_modules/.bin/c8 --reporter=text-summary --reporter=lcovonly --reports-dir=out/coverage --temp-directory=out/coverage/tmp \
	  --include 'lib/**' --check-coverage --lines 90 --branches 80 --functions 0 --statements 0 \
	  $(UVU) --no-color test '\.test\.ts$$' | tee out/test.log
	@node -e 'const log = require("fs").readFileSync("out/test.log", "utf8"); const [total, passed] = ["Total", "Passed"].map((word) => Number(new RegExp(word + ":\\s+(\\d+)").exec(log)?.[1] ?? 0)); if (total < $(MIN_TESTS) || passed < total) { console.error(`$${passed} of $${total} tests passed, there must be at least $(MIN_TESTS)`); process.exit(1) }'

check: $(PACKAGES) $(BIOME) $(ASC) ## check types, lint, compiled kernels and the architecture's rules
	node_modules/.bin/tsc --noEmit -p .
	node_modules/.bin/tsc --noEmit -p lib/harness/report/client
	node_modules/.bin/tsc --noEmit -p test/browser
	$(BIOME) check --error-on-warnings .
	@$(TSX) scripts/wasm.ts --check
	$(UVU) test '(architecture|suite)\.test\.ts$$'

train: $(PACKAGES) ## train every network anew and store it (under 20 minutes)
	@$(TSX) scripts/train.ts $(ARGS)

wasm: $(PACKAGES) $(ASC) ## compile the SIMD kernels (lib/**/*.as)
	@$(TSX) scripts/wasm.ts

golden: $(PACKAGES) ## show how the outputs differ from the goldens
	@$(TSX) scripts/golden.ts review

report: $(PACKAGES) ## write out/report/index.html
	@$(TSX) scripts/report.ts

artifact: $(PACKAGES) ## build out/reprise-artifact.tar.gz for an artifact-evaluation committee
	@$(TSX) scripts/artifact.ts $(ARGS)

bench: $(PACKAGES) ## measure the project's speed
	@$(TSX) scripts/bench.ts

clean: ## remove everything that is made here
	rm -rf out node_modules .tools coverage
	find golden -name '*.changed.json' -delete
