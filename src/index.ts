/**
 * What lockstep offers to other programs: readers of kernels and modules, and the gates
 * built on them. Readers of files take their bytes, readers of lists their text, readers of what an
 * ELF file holds the `Elf` that `readElf` gives (docs/library.md).
 */
export { decompress, decompressBytes } from './file/compression/compression.ts';
export { openDirectoryTree } from './file/directory-tree.ts';
export type { FileTree, TreeEntry, TreeFile } from './file/tree.ts';
export { checkModules, type ModuleReport } from './gate/abi/check-modules.ts';
export { type DescribeOptions, describeKernel } from './gate/abi/describe/kernel.ts';
export { type AbiOptions, abiGate } from './gate/abi/gate.ts';
export { findKernels, type KernelFiles, kernelAt } from './gate/abi/kernel/files.ts';
export type { Kernel, ModuleInput } from './gate/abi/kernel/kernel.ts';
export {
  checkModule,
  type ModuleCheck,
  type Surroundings,
} from './gate/abi/module/check-module.ts';
export { type InspectedModule, inspectModule } from './gate/abi/module/inspect.ts';
export { type ModuleFinding, type RuleName, ruleNames } from './gate/abi/module/rule.ts';
export {
  type KernelReport,
  type VerifyOptions,
  verifyFolder,
  verifyTree,
} from './gate/abi/verify.ts';
export { verifyFiles } from './gate/abi/verify-files.ts';
export { type ContentsExpectation, contentsGate } from './gate/contents/gate.ts';
export { packageGate } from './gate/package/gate.ts';
export { checkElf, type ElfProblem } from './kernel/elf/check.ts';
export { type Elf, type ElfSection, readElf, sectionBytes } from './kernel/elf/elf.ts';
export { readKernelExports } from './kernel/image/exports.ts';
export { readKernelImage, versionOfImage } from './kernel/image/image.ts';
export { readSymvers } from './kernel/image/symvers.ts';
export { readBuiltinNames } from './kernel/index/builtin-names.ts';
export { type IndexValue, readModuleIndex } from './kernel/index/module-index.ts';
export { readModulePaths, readModulesAlias, readModulesDep } from './kernel/index/module-lists.ts';
export { type KernelExport, readModuleExports } from './kernel/module/exports.ts';
export { mayUseGplSymbols } from './kernel/module/license.ts';
export { type Modinfo, readModinfo } from './kernel/module/modinfo.ts';
export { type KernelModule, readModule } from './kernel/module/module.ts';
export { readExtendedModversions, readModversions } from './kernel/module/modversions.ts';
export { releaseOfVermagic, sameMagic } from './kernel/module/vermagic.ts';
export {
  type Certificate,
  findCertificates,
  readCertificate,
} from './kernel/signature/certificate.ts';
export { readPkcs7, type Signer } from './kernel/signature/pkcs7.ts';
export { readSignatureTrailer, type SignatureTrailer } from './kernel/signature/signature.ts';
export { type KernelConfig, readKernelConfig } from './kernel/version/config.ts';
export { type LoaderRules, loaderRules } from './kernel/version/loader.ts';
export { compareReleases, versionOfRelease } from './kernel/version/release.ts';
export { checkPackage } from './package/check-package.ts';
export { readAr, readDeb } from './package/deb.ts';
export type { PackagedFile, PackageFacts, Requirement } from './package/package-facts.ts';
export { readRpm } from './package/rpm.ts';
export type { Digest } from './system/digest.ts';
export { type ErrorCode, LockstepError } from './system/error.ts';
export type { Finding, Severity } from './system/finding.ts';
